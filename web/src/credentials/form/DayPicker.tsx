import { type ReactNode, useId } from 'react';
import { strings } from '../../strings';
import { Icon } from '../../ui';

export interface DayPickerProps {
  /** Like 2027-03-31; empty: none yet. */
  value: string;
  onChange: (day: string) => void;
  first: string;
  last: string;
  error: string | undefined;
}

const words = strings.credentials.expiry;

/**
 * A day, typed in parts or chosen from the browser's own calendar: people know it, phones have a
 * better one than any page, and it weighs nothing.
 */
export function DayPicker(props: DayPickerProps): ReactNode {
  const { value, onChange, first, last, error } = props;
  const id = useId();
  return (
    <div className="field day-picker">
      <label className="field-label" htmlFor={id}>
        {words.day}
      </label>
      <input
        id={id}
        className="input"
        type="date"
        value={value}
        min={first}
        max={last}
        onChange={(event) => onChange(event.target.value)}
        data-invalid={error === undefined ? undefined : true}
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-hint ${id}-error`}
      />
      <span id={`${id}-hint`} className="field-hint">
        {words.utc}
      </span>
      <span id={`${id}-error`} className="field-error" role="alert">
        {error !== undefined && (
          <>
            <Icon name="alert" size={14} />
            {error}
          </>
        )}
      </span>
    </div>
  );
}
