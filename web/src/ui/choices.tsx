import type { ReactNode } from 'react';
import {
  Checkbox as AriaCheckbox,
  RadioGroup as AriaRadioGroup,
  Switch as AriaSwitch,
  Label,
  Radio,
} from 'react-aria-components';
import { Icon } from './Icon';

export interface CheckboxProps {
  children?: ReactNode;
  /** Where there is no visible text. */
  label?: string;
  description?: ReactNode;
  isSelected: boolean;
  isIndeterminate?: boolean;
  isDisabled?: boolean;
  onChange: (selected: boolean) => void;
}

export function Checkbox(props: CheckboxProps): ReactNode {
  const { children, label, description, ...rest } = props;
  return (
    <AriaCheckbox {...rest} className="choice" aria-label={label}>
      {({ isIndeterminate, isSelected }) => (
        <>
          <span className="choice-mark" aria-hidden="true">
            {isIndeterminate ? <Icon name="minus" /> : isSelected && <Icon name="check" />}
          </span>
          {(children || description) && (
            <span className="choice-text">
              <span>{children}</span>
              {description && <span className="field-hint">{description}</span>}
            </span>
          )}
        </>
      )}
    </AriaCheckbox>
  );
}

export interface SwitchProps {
  children: ReactNode;
  description?: ReactNode;
  isSelected: boolean;
  isDisabled?: boolean;
  onChange: (selected: boolean) => void;
}

export function Switch(props: SwitchProps): ReactNode {
  const { children, description, ...rest } = props;
  return (
    <AriaSwitch {...rest} className="choice">
      <span className="switch-track" aria-hidden="true" />
      <span className="choice-text">
        <span>{children}</span>
        {description && <span className="field-hint">{description}</span>}
      </span>
    </AriaSwitch>
  );
}

export interface RadioOption<Id extends string> {
  id: Id;
  label: string;
  description?: ReactNode;
}

export interface RadioCardsProps<Id extends string> {
  label: string;
  options: readonly RadioOption<Id>[];
  value: Id | null;
  onChange: (value: Id) => void;
  hideLabel?: boolean;
  /** Beside each other where there is room. */
  columns?: boolean;
}

/** A choice of one, each with room for what it means. */
export function RadioCards<Id extends string>(props: RadioCardsProps<Id>): ReactNode {
  const { label, options, value, onChange, hideLabel, columns } = props;
  return (
    <AriaRadioGroup className="field" value={value} onChange={(id) => onChange(id as Id)}>
      <Label className={hideLabel ? 'visually-hidden' : 'field-label'}>{label}</Label>
      <div className="radio-cards" data-columns={columns || undefined}>
        {options.map((option) => (
          <Radio key={option.id} value={option.id} className="radio-card">
            <span className="choice-mark choice-mark-round" aria-hidden="true" />
            <span className="choice-text">
              <span>{option.label}</span>
              {option.description && <span className="field-hint">{option.description}</span>}
            </span>
          </Radio>
        ))}
      </div>
    </AriaRadioGroup>
  );
}
