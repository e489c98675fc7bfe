import { type FormEvent, type ReactNode, useState } from 'react';
import { useAction, useResource } from '../api';
import { useLeaveGuard } from '../app/router';
import { useSession } from '../app/session';
import { type AppEntry, loadApps, OWN_APP } from '../credentials/data';
import { useAsk } from '../credentials/useAsk';
import { strings } from '../strings';
import {
  Banner,
  Button,
  Card,
  Checkbox,
  Page,
  RadioCards,
  SkeletonEntries,
  Switch,
  TextField,
  toast,
} from '../ui';
import './admin.css';
import { loadPolicy, type PolicyAnswer, type PolicyBounds, savePolicy } from './data';
import {
  dayBounds,
  faultsOf,
  formOf,
  type PolicyFaults,
  type PolicyForm,
  policyOf,
} from './policyForm';

const words = strings.admin.policies;

interface FieldsProps {
  form: PolicyForm;
  change: (changes: Partial<PolicyForm>) => void;
  faults: PolicyFaults;
  bounds: PolicyBounds;
  apps: readonly AppEntry[];
}

function AppChoice({ form, change, faults, apps }: FieldsProps): ReactNode {
  const toggle = (app: string, on: boolean) => {
    const next = new Set(form.apps);
    if (on) next.add(app);
    else next.delete(app);
    change({ apps: next });
  };
  return (
    <div className="stack-tight">
      <RadioCards
        label={words.apps}
        options={[
          { id: 'all', label: words.allApps },
          { id: 'some', label: words.someApps },
        ]}
        value={form.allApps ? 'all' : 'some'}
        onChange={(id) => change({ allApps: id === 'all' })}
      />
      {!form.allApps && (
        <div className="policy-apps">
          {apps.map((entry) => (
            <Checkbox
              key={entry.app}
              isSelected={form.apps.has(entry.app)}
              onChange={(on) => toggle(entry.app, on)}
            >
              {entry.title}
            </Checkbox>
          ))}
        </div>
      )}
      <p className="field-error" role="alert">
        {faults.apps}
      </p>
    </div>
  );
}

function TokenFields(props: FieldsProps): ReactNode {
  const { form, change, faults, bounds } = props;
  return (
    <Card title={words.tokens}>
      <div className="stack">
        <Switch isSelected={form.api_tokens} onChange={(api_tokens) => change({ api_tokens })}>
          {words.allowTokens}
        </Switch>
        <div className="policy-days">
          <TextField
            label={words.longest}
            value={form.longest}
            onChange={(longest) => change({ longest: longest.trim() })}
            hint={words.longestHint(dayBounds(bounds).max)}
            error={faults.longest}
            inputMode="numeric"
            optional
          />
          <TextField
            label={words.usual}
            value={form.usual}
            onChange={(usual) => change({ usual: usual.trim() })}
            hint={words.usualHint}
            error={faults.usual}
            inputMode="numeric"
            optional
          />
        </div>
        <AppChoice {...props} />
      </div>
    </Card>
  );
}

function Policies(props: { policy: PolicyAnswer; apps: readonly AppEntry[] }): ReactNode {
  const { refresh } = useSession();
  const [saved, setSaved] = useState(() => formOf(props.policy));
  const [form, setForm] = useState(saved);
  const { bounds } = props.policy;
  const faults = faultsOf(form, bounds);
  const faulty = Object.keys(faults).length > 0;
  const touched = form !== saved;
  const change = (changes: Partial<PolicyForm>) => setForm({ ...form, ...changes });
  const leave = useAsk({
    title: words.discardTitle,
    text: words.discard,
    leave: words.discardLeave,
    stay: words.discardStay,
  });
  useLeaveGuard(touched, leave.ask);

  const save = useAction(async () => {
    const next = formOf(await savePolicy(policyOf(form)));
    setSaved(next);
    setForm(next);
    toast(words.saved);
    await refresh();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!faulty) void save.run();
  };
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <TokenFields form={form} change={change} faults={faults} bounds={bounds} apps={props.apps} />
      <Card title={words.passwords}>
        <Switch
          isSelected={form.app_passwords}
          onChange={(app_passwords) => change({ app_passwords })}
          description={words.passwordsOffHelp}
        >
          {words.allowPasswords}
        </Switch>
      </Card>
      <Card title={words.secondStep}>
        <Switch
          isSelected={form.second_step_required}
          onChange={(second_step_required) => change({ second_step_required })}
          description={words.requireHelp}
        >
          {words.requireSecondStep}
        </Switch>
      </Card>
      {save.error !== undefined && <Banner tone="danger" error={save.error} />}
      <div className="row">
        <Button
          type="submit"
          variant="primary"
          pending={save.pending}
          isDisabled={!touched || faulty}
        >
          {words.save}
        </Button>
      </div>
      {leave.dialog}
    </form>
  );
}

export default function PoliciesPage(): ReactNode {
  const policy = useResource(loadPolicy, []);
  const apps = useResource(loadApps, []);
  const error = policy.error ?? apps.error;
  const offered = apps.data?.filter((entry) => entry.app !== OWN_APP);
  return (
    <Page title={words.title} description={words.help}>
      {error !== undefined && (
        <Banner
          tone="danger"
          error={error}
          action={
            <Button
              onPress={() => {
                policy.reload();
                apps.reload();
              }}
            >
              {strings.common.tryAgain}
            </Button>
          }
        />
      )}
      {policy.data && offered ? (
        <Policies policy={policy.data} apps={offered} />
      ) : (
        error === undefined && <SkeletonEntries count={5} />
      )}
    </Page>
  );
}
