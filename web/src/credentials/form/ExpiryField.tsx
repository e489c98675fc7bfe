import type { ReactNode } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import { strings } from '../../strings';
import { formatDay } from '../../ui';
import {
  allows,
  CHOICES,
  DAY_S,
  dateBounds,
  type Expiry,
  endOf,
  expiryFault,
  formatSpan,
  type Limits,
} from '../model/expiry';
import { DayPicker } from './DayPicker';

export interface ExpiryFieldProps {
  value: Expiry;
  onChange: (expiry: Expiry) => void;
  limits: Limits;
  now: number;
  /** Whether `never` is offered. */
  allowNever?: boolean;
  /** Whether to say what is wrong; not before the person has had a chance. */
  showFault: boolean;
}

const words = strings.credentials.expiry;

const keyOf = (expiry: Expiry): string => {
  if (expiry.kind !== 'days') return expiry.kind;
  return CHOICES.some((choice) => choice.days === expiry.days) ? String(expiry.days) : 'date';
};

/** Says in words when it will end; a day that was given in another way shows in the picker. */
function endText(value: Expiry, now: number): string {
  if (value.kind === 'never') return words.endsNever;
  const end = endOf(value, now);
  // A picked day is over at its end: say the day itself.
  const shown = value.kind === 'date' && end !== undefined ? end - 1000 * DAY_S : end;
  return shown === undefined ? '' : words.ends(formatDay(new Date(shown)));
}

export function ExpiryField(props: ExpiryFieldProps): ReactNode {
  const { value, onChange, limits, now, allowNever, showFault } = props;
  const key = keyOf(value);
  const { first, last } = dateBounds(limits, now);
  const fault = showFault ? expiryFault(value, limits, now) : undefined;
  const choose = (id: string) => {
    if (id === 'never') onChange({ kind: 'never' });
    else if (id === 'date') onChange({ kind: 'date', date: '' });
    else onChange({ kind: 'days', days: Number(id) });
  };
  const option = (id: string, label: string, disabled: boolean) => (
    <Radio key={id} value={id} className="chip" isDisabled={disabled}>
      {label}
    </Radio>
  );
  const tooLong = CHOICES.some((choice) => !allows(limits, choice.days));
  return (
    <div className="stack-tight">
      <RadioGroup className="field" value={key} onChange={choose} orientation="horizontal">
        <Label className="field-label">{words.label}</Label>
        <div className="chips">
          {CHOICES.map((choice) =>
            option(String(choice.days), choice.title, !allows(limits, choice.days)),
          )}
          {option('date', words.custom, false)}
          {allowNever && option('never', words.never, false)}
        </div>
      </RadioGroup>
      {key === 'date' && (
        <DayPicker
          value={value.kind === 'date' ? value.date : ''}
          onChange={(date) => onChange({ kind: 'date', date })}
          first={first}
          last={last}
          error={fault}
        />
      )}
      <p className="field-hint" aria-live="polite">
        {endText(value, now)} {tooLong && words.limit(formatSpan(limits.max_s))}
      </p>
    </div>
  );
}
