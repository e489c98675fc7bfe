import type { ReactNode } from 'react';
import { useSignedIn } from '../../app/session';
import { strings } from '../../strings';
import { kinds } from '../../strings/credentials';
import { Button, CopyButton, formatDay } from '../../ui';
import { type Catalogue, scopeParts } from '../model/catalogue';
import { endOf } from '../model/expiry';
import { prefillLink } from '../model/prefill';
import type { Holder } from '../target';
import { chosenScopes, type Draft } from './draft';

const words = strings.credentials.wizard;

export interface ReviewStepProps {
  draft: Draft;
  catalogue: Catalogue;
  now: number;
  holder: Holder;
  onStep: (step: number) => void;
}

function Fact(props: {
  title: string;
  step?: number;
  onStep: (step: number) => void;
  children: ReactNode;
}): ReactNode {
  const { title, step, onStep, children } = props;
  return (
    <div className="review-fact">
      <dt>{title}</dt>
      <dd>
        <div className="review-value">{children}</div>
        {step !== undefined && (
          <Button
            variant="quiet"
            size="small"
            label={words.editNamed(title)}
            onPress={() => onStep(step)}
          >
            {words.edit}
          </Button>
        )}
      </dd>
    </div>
  );
}

/** A word beside a scope that does more than read. */
function Power({ scope }: { scope: string }): ReactNode {
  const action = scopeParts(scope)?.action ?? 'read';
  return action !== 'read' && <span className="power">{words.powers[action]}</span>;
}

export function ReviewStep(props: ReviewStepProps): ReactNode {
  const { draft, catalogue, now, holder, onStep } = props;
  const { public_url } = useSignedIn();
  const scopes = chosenScopes(draft, catalogue);
  const entries = catalogue.scopes.filter((scope) => scopes.includes(scope.name));
  const end = endOf(draft.expiry, now);
  const day = draft.expiry.kind === 'date' ? draft.expiry.date : end;
  const list = strings.credentials.list;
  return (
    <>
      <dl className="review">
        <Fact title={kinds['api-token'].grants} step={2} onStep={onStep}>
          <ul className="review-scopes">
            {entries.map((scope) => (
              <li key={scope.name}>
                <span className="review-scope">
                  <code>{scope.name}</code>
                  <Power scope={scope.name} />
                </span>
                <span className="field-hint">{scope.description}</span>
              </li>
            ))}
          </ul>
        </Fact>
        <Fact title={words.name} step={0} onStep={onStep}>
          {draft.name.trim()}
        </Fact>
        <Fact title={list.expires} step={0} onStep={onStep}>
          {day === undefined ? list.neverExpires : formatDay(new Date(day))}
        </Fact>
        <Fact title={list.app} step={1} onStep={onStep}>
          {catalogue.title}
        </Fact>
        <Fact title={words.actsAs} onStep={onStep}>
          {holder.display_name} <span className="muted">{holder.email}</span>
        </Fact>
      </dl>
      <div className="row">
        <CopyButton
          variant="quiet"
          label={words.share}
          text={() =>
            prefillLink(public_url, {
              name: draft.name.trim(),
              app: catalogue.app,
              scopes,
              expiry: draft.expiry,
            })
          }
        >
          {words.shareShort}
        </CopyButton>
      </div>
    </>
  );
}
