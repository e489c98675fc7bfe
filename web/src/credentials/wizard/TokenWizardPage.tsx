import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { isProblem, useAction, useResource } from '../../api';
import { navigate, useLeaveGuard, useSearch } from '../../app/router';
import { useSignedIn } from '../../app/session';
import { strings } from '../../strings';
import { kinds } from '../../strings/credentials';
import { Banner, Button, LinkButton, Page } from '../../ui';
import '../form/form.css';
import { type Issued, issue, loadApps, loadCatalogue, newIdempotencyKey, OWN_APP } from '../data';
import { FreshSecret } from '../fresh/FreshSecret';
import { LostSecret } from '../fresh/LostSecret';
import { useSecret } from '../fresh/useSecret';
import { expiryFault } from '../model/expiry';
import { nameSome, readPrefill } from '../model/prefill';
import { type Target, useOwnTarget } from '../target';
import { useAsk } from '../useAsk';
import { Companions } from './Companions';
import {
  beginDraft,
  type Draft,
  effectiveDraft,
  issueBody,
  isTouched,
  limitsOf,
  unknownScopes,
} from './draft';
import { StepBody } from './StepBody';
import { StepHeading, Steps } from './Steps';

const words = strings.credentials.wizard;
const fresh = strings.credentials.fresh;

/** Which step a problem of the server belongs to. */
const STEP_OF: Readonly<Record<string, number>> = {
  name: 0,
  ttl: 0,
  expires_at: 0,
  app: 1,
  scopes: 2,
};
const REVIEW = 3;
const HELP = [undefined, words.appHelp, undefined, words.reviewHelp];

/** Why a step cannot be left yet; undefined: it can. */
function faultOf(step: number, draft: Draft, limits: ReturnType<typeof limitsOf>, now: number) {
  if (step === 0 && draft.name.trim() === '') return words.nameMissing;
  if (step === 0) return expiryFault(draft.expiry, limits, now);
  if (step === 1 && draft.app === undefined) return words.appMissing;
  if (step === 2 && draft.scopes.size === 0) return words.scopesMissing;
  return undefined;
}

/** The app and its catalogue; what a link named and this installation lacks is told, not kept. */
function useCatalogue(draft: Draft) {
  const apps = useResource(loadApps, []);
  const others = apps.data?.filter((entry) => entry.app !== OWN_APP);
  const sole = others?.length === 1 ? others[0]?.app : undefined;
  const listed = apps.data === undefined || apps.data.some((entry) => entry.app === draft.app);
  const app = (listed ? draft.app : undefined) ?? sole;
  const loaded = useResource(
    async (signal) => (app ? await loadCatalogue(app, signal) : undefined),
    [app],
  );
  const catalogue = loaded.data?.app === app ? loaded.data : undefined;
  const unknownApp = listed ? undefined : draft.app;
  return { apps, app, catalogue, error: loaded.error, unknownApp };
}

function PrefillNote(props: {
  expiryCut: boolean;
  unknownApp: string | undefined;
  unknown: readonly string[];
  /** Once one has gone on: room for what is decided. */
  brief: boolean;
}): ReactNode {
  if (props.brief) return <Banner tone="info" title={words.prefilledTitle} />;
  return (
    <Banner tone="info" title={words.prefilledTitle}>
      <p>{words.prefilled}</p>
      {props.expiryCut && <p>{words.expiryCut}</p>}
      {props.unknownApp && <p>{words.unknownApp(props.unknownApp)}</p>}
      {props.unknown.length > 0 && <p>{words.unknownScopes(nameSome(props.unknown))}</p>}
    </Banner>
  );
}

function CreateError(props: { error: unknown; onStep: (step: number) => void }): ReactNode {
  const member = isProblem(props.error) ? props.error.members.member : undefined;
  const blamed = typeof member === 'string' ? STEP_OF[member] : undefined;
  const action = blamed !== undefined && (
    <Button size="small" onPress={() => props.onStep(blamed)}>
      {words.editNamed(words.steps[blamed] ?? '')}
    </Button>
  );
  return (
    <div className="wizard-error">
      <Banner tone="danger" error={props.error} action={action} />
    </div>
  );
}

function Foot(props: {
  step: number;
  fault: string | undefined;
  pending: boolean;
  /** How many scopes are ticked; shown where they are ticked. */
  count: number;
  onClear: () => void;
  onBack: () => void;
}): ReactNode {
  const { step, fault, pending, count, onClear, onBack } = props;
  return (
    <div className="card-foot">
      <Button onPress={onBack}>{step > 0 ? words.back : strings.common.cancel}</Button>
      {step === 2 && (
        <span className="wizard-count">
          <span role="status">{words.chosen(count)}</span>
          {count > 0 && (
            <Button variant="quiet" size="small" onPress={onClear}>
              {words.clearChosen}
            </Button>
          )}
        </span>
      )}
      <span className="wizard-fault" role="alert">
        {/* The first step says it beside the field. */}
        {step > 0 && fault}
      </span>
      <Button type="submit" variant="primary" pending={pending}>
        {step === REVIEW ? words.create : words.next}
      </Button>
    </div>
  );
}

function Wizard(props: { target: Target; onIssued: (issued: Issued) => void }): ReactNode {
  const { target, onIssued } = props;
  const { policy } = useSignedIn();
  const limits = limitsOf(policy);
  const [now] = useState(() => Date.now());
  const [prefill] = useState(() => readPrefill(location.search));
  const [begun] = useState(() => beginDraft(prefill, limits, now));
  const [draft, setDraft] = useState(begun.draft);
  const [step, setStep] = useState(0);
  const [tried, setTried] = useState(false);
  const [key, setKey] = useState(newIdempotencyKey);
  const [created, setCreated] = useState(false);
  const { apps, app, catalogue, error, unknownApp } = useCatalogue(draft);
  const unknown = catalogue ? unknownScopes(draft, catalogue) : [];
  const effective = effectiveDraft(draft, app, unknown);

  const discard = useAsk({
    title: words.leaveTitle,
    text: words.leave,
    leave: words.leaveConfirm,
    stay: words.leaveStay,
  });
  useLeaveGuard(isTouched(draft, begun.draft) && !created, discard.ask);

  const change = (next: Draft) => {
    setDraft(next);
    // Something else is wanted now, so a repeated request must not answer with what was made before.
    setKey(newIdempotencyKey());
  };
  const go = (next: number) => {
    setStep(next);
    setTried(false);
  };
  const create = useAction(async () => {
    if (!catalogue) return;
    const issued = await issue(target.path, issueBody(effective, catalogue), key);
    setCreated(true);
    onIssued(issued);
  });
  const fault = faultOf(step, effective, limits, now);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fault !== undefined) setTried(true);
    else if (step < REVIEW) go(step + 1);
    else void create.run();
  };
  return (
    <>
      {prefill && (
        <PrefillNote
          expiryCut={begun.expiryCut}
          unknownApp={unknownApp}
          unknown={unknown}
          brief={step > 0}
        />
      )}
      <Steps step={step} onStep={go} />
      <form className="card wizard" onSubmit={submit} noValidate>
        <div className="card-body stack">
          <StepHeading step={step} title={words.steps[step] ?? ''} help={HELP[step]} />
          <StepBody
            step={step}
            draft={effective}
            onChange={change}
            onStep={go}
            limits={limits}
            now={now}
            holder={target.holder}
            apps={apps}
            catalogue={catalogue}
            catalogueError={error}
            showFault={tried}
          />
          {catalogue && step === REVIEW && (
            <Companions draft={effective} catalogue={catalogue} onChange={change} />
          )}
        </div>
        <div className="wizard-bottom">
          {catalogue && step === 2 && (
            <Companions draft={effective} catalogue={catalogue} onChange={change} />
          )}
          {create.error !== undefined && step === REVIEW && (
            <CreateError error={create.error} onStep={go} />
          )}
          <Foot
            step={step}
            fault={tried ? fault : undefined}
            pending={create.pending}
            count={effective.scopes.size}
            onClear={() => change({ ...draft, scopes: new Set() })}
            onBack={() => (step > 0 ? go(step - 1) : void navigate(target.list))}
          />
        </div>
      </form>
      {discard.dialog}
    </>
  );
}

/** The wizard, and then the page of the new token. */
export function TokenWizard({ target }: { target: Target }): ReactNode {
  const { policy } = useSignedIn();
  const kind = kinds['api-token'];
  const leave = useAsk({
    title: fresh.leaveTitle(kind),
    text: fresh.leave,
    leave: fresh.leaveConfirm,
    stay: fresh.leaveStay,
  });
  const shown = useSecret<string>(leave.ask);
  const [issued, setIssued] = useState<Issued>();
  const [, changeSearch] = useSearch();

  useEffect(() => {
    if (issued) document.querySelector('h1')?.focus();
  }, [issued]);

  const onIssued = ({ secret, ...record }: Issued) => {
    setIssued(record);
    if (secret !== undefined) shown.show(secret);
    // The link that filled in the form has done its work; the secret's page has a plain address.
    changeSearch({ name: undefined, app: undefined, scopes: undefined, expires: undefined });
    window.scrollTo(0, 0);
  };

  if (issued === undefined) {
    const { label = '', href = '' } = target.crumbs.at(-1) ?? {};
    return (
      <Page title={words.title} crumbs={target.crumbs}>
        {policy.api_tokens ? (
          <Wizard target={target} onIssued={onIssued} />
        ) : (
          <Banner tone="warning" action={<LinkButton href={href}>{label}</LinkButton>}>
            {strings.credentials.tokensOff}
          </Banner>
        )}
      </Page>
    );
  }
  const done = (
    <Button
      variant={shown.copied ? 'primary' : 'secondary'}
      onPress={() => void navigate(target.list)}
    >
      {fresh.done}
    </Button>
  );
  return (
    <Page key="fresh" title={kind.fresh} crumbs={target.crumbs} actions={done}>
      {shown.value === undefined ? (
        <LostSecret issued={issued} hidden={shown.hidden} target={target} />
      ) : (
        <FreshSecret
          issued={issued}
          secret={shown.value}
          holder={target.holder}
          onCopied={shown.markCopied}
        />
      )}
      {leave.dialog}
    </Page>
  );
}

export default function TokenWizardPage(): ReactNode {
  return <TokenWizard target={useOwnTarget('api-token')} />;
}
