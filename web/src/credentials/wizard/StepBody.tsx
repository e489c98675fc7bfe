import type { ReactNode } from 'react';
import type { Resource } from '../../api';
import { strings } from '../../strings';
import { Banner, Button, RadioCards, SkeletonEntries, TextField } from '../../ui';
import { type AppEntry, OWN_APP } from '../data';
import { ExpiryField } from '../form/ExpiryField';
import type { Catalogue } from '../model/catalogue';
import type { Limits } from '../model/expiry';
import { NAME_MAX } from '../model/prefill';
import type { Holder } from '../target';
import { chooseApp, type Draft } from './draft';
import { ReviewStep } from './ReviewStep';
import { ScopesStep } from './ScopesStep';

const words = strings.credentials.wizard;

export interface StepBodyProps {
  step: number;
  draft: Draft;
  onChange: (draft: Draft) => void;
  onStep: (step: number) => void;
  limits: Limits;
  now: number;
  holder: Holder;
  apps: Resource<AppEntry[]>;
  catalogue: Catalogue | undefined;
  catalogueError: unknown;
  /** Whether the person has tried to go on. */
  showFault: boolean;
}

function NameStep(props: StepBodyProps): ReactNode {
  const { draft, onChange, limits, now, showFault } = props;
  const missing = showFault && draft.name.trim() === '';
  return (
    <>
      <TextField
        label={words.name}
        hint={words.nameHint}
        value={draft.name}
        onChange={(name) => onChange({ ...draft, name })}
        error={missing ? words.nameMissing : undefined}
        maxLength={NAME_MAX}
        autoFocus
        isRequired
        autoComplete="off"
      />
      <ExpiryField
        value={draft.expiry}
        onChange={(expiry) => onChange({ ...draft, expiry })}
        limits={limits}
        now={now}
        showFault={showFault}
      />
    </>
  );
}

function AppStep({ draft, onChange, apps }: StepBodyProps): ReactNode {
  if (apps.error !== undefined) {
    return (
      <Banner
        tone="danger"
        error={apps.error}
        action={<Button onPress={apps.reload}>{strings.common.tryAgain}</Button>}
      />
    );
  }
  if (!apps.data) return <SkeletonEntries count={2} />;
  const sorted = [...apps.data].sort(
    (left, right) => Number(left.app === OWN_APP) - Number(right.app === OWN_APP),
  );
  return (
    <RadioCards
      label={words.appLabel}
      options={sorted.map((entry) => ({
        id: entry.app,
        label: entry.title,
        description: <code>{entry.app}</code>,
      }))}
      value={draft.app ?? null}
      onChange={(app) => onChange(chooseApp(draft, app))}
    />
  );
}

export function StepBody(props: StepBodyProps): ReactNode {
  const { step, draft, onChange, catalogue, catalogueError } = props;
  if (step === 0) return <NameStep {...props} />;
  if (step === 1) return <AppStep {...props} />;
  if (catalogueError !== undefined) return <Banner tone="danger" error={catalogueError} />;
  if (!catalogue) return <SkeletonEntries count={6} />;
  if (step === 2) return <ScopesStep draft={draft} catalogue={catalogue} onChange={onChange} />;
  const { now, holder, onStep } = props;
  return (
    <ReviewStep draft={draft} catalogue={catalogue} now={now} holder={holder} onStep={onStep} />
  );
}
