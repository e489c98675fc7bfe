import { type FormEvent, type ReactNode, useState } from 'react';
import { useAction, useResource } from '../../api';
import { navigate, useLeaveGuard } from '../../app/router';
import { useSignedIn } from '../../app/session';
import { strings } from '../../strings';
import { kinds } from '../../strings/credentials';
import {
  Banner,
  Button,
  Dialog,
  LinkButton,
  Page,
  Select,
  SkeletonEntries,
  TextField,
} from '../../ui';
import '../form/form.css';
import {
  type Issued,
  issue,
  loadApps,
  loadCatalogue,
  newIdempotencyKey,
  OWN_APP,
  PAGES,
} from '../data';
import { ExpiryField } from '../form/ExpiryField';
import { FreshSecret } from '../fresh/FreshSecret';
import { LostSecret } from '../fresh/LostSecret';
import { useSecret } from '../fresh/useSecret';
import { type Expiry, expiryFault, expiryMembers } from '../model/expiry';
import { withoutImplied } from '../model/permissions';
import { NAME_MAX, readPermissions } from '../model/prefill';
import { type Target, useOwnTarget } from '../target';
import { useAsk } from '../useAsk';
import { limitsOf } from '../wizard/draft';
import { PermissionTable } from './PermissionTable';

const words = strings.credentials.password;
const wizard = strings.credentials.wizard;
const fresh = strings.credentials.fresh;
const DEFAULT_APP = 'bitbucket';

interface Form {
  name: string;
  app: string;
  expiry: Expiry;
  chosen: ReadonlySet<string>;
}

const EMPTY = { name: '', app: DEFAULT_APP, expiry: { kind: 'never' } } as const;

function CreateForm(props: { target: Target; onIssued: (issued: Issued) => void }): ReactNode {
  const { target, onIssued } = props;
  const limits = limitsOf(useSignedIn().policy);
  const [now] = useState(() => Date.now());
  const [prefilled] = useState(() => readPermissions(location.search));
  const [form, setForm] = useState<Form>({ ...EMPTY, chosen: prefilled });
  const [tried, setTried] = useState(false);
  const [key, setKey] = useState(newIdempotencyKey);
  const [created, setCreated] = useState(false);
  const change = (changes: Partial<Form>) => {
    setForm({ ...form, ...changes });
    setKey(newIdempotencyKey());
  };
  const apps = useResource(loadApps, []);
  const choices = apps.data?.filter((entry) => entry.app !== OWN_APP) ?? [];
  const catalogue = useResource((signal) => loadCatalogue(form.app, signal), [form.app]);
  const current = catalogue.data?.app === form.app ? catalogue.data : undefined;
  const permissions = current?.permissions;

  const discard = useAsk({
    title: words.leaveTitle,
    text: wizard.leave,
    leave: wizard.leaveConfirm,
    stay: wizard.leaveStay,
  });
  useLeaveGuard((form.name !== '' || form.chosen !== prefilled) && !created, discard.ask);

  const create = useAction(async () => {
    const body = {
      name: form.name.trim(),
      app: form.app,
      permissions: withoutImplied(permissions ?? [], form.chosen),
      ...expiryMembers(form.expiry),
    };
    const issued = await issue(target.path, body, key);
    setCreated(true);
    onIssued(issued);
  });
  const noName = form.name.trim() === '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const faulty = noName || form.chosen.size === 0 || expiryFault(form.expiry, limits, now);
    setTried(true);
    if (!faulty) void create.run();
  };
  return (
    <form className="card wizard" onSubmit={submit} noValidate>
      <div className="card-body stack">
        {prefilled.size > 0 && (
          <Banner tone="info" title={wizard.prefilledTitle}>
            {words.prefilled}
          </Banner>
        )}
        <TextField
          label={words.name}
          hint={words.nameHint}
          value={form.name}
          onChange={(name) => change({ name })}
          error={tried && noName ? words.nameMissing : undefined}
          maxLength={NAME_MAX}
          autoFocus
          isRequired
          autoComplete="off"
        />
        {choices.length > 1 && (
          <Select
            label={strings.credentials.list.app}
            options={choices.map((entry) => ({ id: entry.app, label: entry.title }))}
            value={form.app}
            onChange={(app) => change({ app, chosen: new Set() })}
          />
        )}
        <ExpiryField
          value={form.expiry}
          onChange={(expiry) => change({ expiry })}
          limits={limits}
          now={now}
          allowNever
          showFault={tried}
        />
        <section className="stack-tight" aria-label={words.permissions}>
          <h2>{words.permissions}</h2>
          <p className="muted">{words.permissionsHelp}</p>
          {catalogue.error !== undefined && <Banner tone="danger" error={catalogue.error} />}
          {permissions === undefined && catalogue.error === undefined && (
            <SkeletonEntries count={6} />
          )}
          {permissions?.length === 0 && <Banner tone="info">{words.none}</Banner>}
          {permissions !== undefined && permissions.length > 0 && (
            <PermissionTable
              permissions={permissions}
              chosen={form.chosen}
              onChange={(chosen) => change({ chosen })}
            />
          )}
        </section>
        {create.error !== undefined && <Banner tone="danger" error={create.error} />}
      </div>
      <div className="card-foot wizard-bottom">
        <Button onPress={() => void navigate(target.list)}>{strings.common.cancel}</Button>
        <span className="wizard-fault" role="alert">
          {tried && form.chosen.size === 0 ? words.permissionsMissing : ''}
        </span>
        <Button type="submit" variant="primary" pending={create.pending}>
          {words.create}
        </Button>
      </div>
      {discard.dialog}
    </form>
  );
}

export function AppPasswordForm({ target }: { target: Target }): ReactNode {
  const { policy } = useSignedIn();
  const kind = kinds['app-password'];
  const leave = useAsk({
    title: fresh.leaveTitle(kind),
    text: fresh.leave,
    leave: fresh.leaveConfirm,
    stay: fresh.leaveStay,
  });
  const shown = useSecret<string>(leave.ask);
  const [issued, setIssued] = useState<Issued>();
  const onIssued = ({ secret, ...record }: Issued) => {
    setIssued(record);
    if (secret !== undefined) shown.show(secret);
  };
  const body = () => {
    if (!policy.app_passwords) {
      return (
        <Banner
          tone="warning"
          action={
            <LinkButton href={`${PAGES['api-token']}/new`}>
              {strings.credentials.tokensInstead}
            </LinkButton>
          }
        >
          {strings.credentials.passwordsOff}
        </Banner>
      );
    }
    if (issued && shown.value === undefined) {
      return <LostSecret issued={issued} hidden={shown.hidden} target={target} />;
    }
    return <CreateForm target={target} onIssued={onIssued} />;
  };
  return (
    <Page
      title={words.title}
      description={strings.credentials.passwordsHelp}
      crumbs={target.crumbs}
      wide
    >
      {body()}
      {issued && shown.value !== undefined && (
        <Dialog
          title={kind.fresh}
          isOpen
          onClose={() => void navigate(target.list)}
          dismissable={false}
          size="wide"
          footer={
            <Button
              variant={shown.copied ? 'primary' : 'secondary'}
              onPress={() => void navigate(target.list)}
            >
              {fresh.done}
            </Button>
          }
        >
          <FreshSecret
            issued={issued}
            secret={shown.value}
            holder={target.holder}
            onCopied={shown.markCopied}
          />
        </Dialog>
      )}
      {leave.dialog}
    </Page>
  );
}

export default function NewAppPasswordPage(): ReactNode {
  return <AppPasswordForm target={useOwnTarget('app-password')} />;
}
