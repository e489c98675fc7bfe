import { type ReactNode, type Ref, useState } from 'react';
import {
  Button as AriaButton,
  SearchField as AriaSearchField,
  Select as AriaSelect,
  TextField as AriaTextField,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
  Text,
  TextArea,
} from 'react-aria-components';
import { strings } from '../strings';
import { IconButton } from './Button';
import { Icon } from './Icon';

export interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  hint?: ReactNode;
  /** What is wrong with what was typed, and what would be right. */
  error?: string | undefined;
  type?: 'text' | 'email' | 'url' | 'password';
  name?: string;
  autoComplete?: string;
  inputMode?: 'text' | 'numeric' | 'email';
  placeholder?: string;
  maxLength?: number;
  isRequired?: boolean;
  isDisabled?: boolean;
  isReadOnly?: boolean;
  optional?: boolean;
  multiline?: boolean;
  autoFocus?: boolean;
  /** Digits that are read one by one: larger, with equal widths. */
  code?: boolean;
  inputRef?: Ref<HTMLInputElement>;
}

/** The message under a field; it is in the document from the start, so that nothing is missed. */
function FieldMessage(props: { error: string | undefined }): ReactNode {
  return (
    <FieldError className="field-error">
      <Icon name="alert" size={14} />
      <span>{props.error}</span>
    </FieldError>
  );
}

function FieldLabel(props: { label: string; optional?: boolean | undefined }): ReactNode {
  return (
    <Label className="field-label">
      {props.label}
      {props.optional && <span className="muted"> ({strings.common.optional})</span>}
    </Label>
  );
}

export function TextField(props: TextFieldProps): ReactNode {
  const { label, hint, error, optional, multiline, placeholder, code, inputRef, ...rest } = props;
  const input = multiline ? (
    <TextArea className="input" placeholder={placeholder} rows={3} />
  ) : (
    <Input
      ref={inputRef}
      className={code ? 'input input-code' : 'input'}
      placeholder={placeholder}
    />
  );
  return (
    <AriaTextField
      {...rest}
      className="field"
      isInvalid={error !== undefined}
      validationBehavior="aria"
      spellCheck={multiline ? 'true' : 'false'}
    >
      <FieldLabel label={label} optional={optional} />
      {input}
      {hint && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <FieldMessage error={error} />
    </AriaTextField>
  );
}

export interface PasswordFieldProps
  extends Pick<
    TextFieldProps,
    | 'label'
    | 'value'
    | 'onChange'
    | 'hint'
    | 'error'
    | 'name'
    | 'autoFocus'
    | 'isRequired'
    | 'inputRef'
  > {
  autoComplete: 'current-password' | 'new-password';
}

export function PasswordField(props: PasswordFieldProps): ReactNode {
  const { label, hint, error, inputRef, ...rest } = props;
  const [shown, setShown] = useState(false);
  return (
    <AriaTextField
      {...rest}
      className="field"
      type={shown ? 'text' : 'password'}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      spellCheck="false"
    >
      <FieldLabel label={label} />
      <div className="input-group" data-trailing>
        <Input ref={inputRef} className="input" autoCapitalize="none" autoCorrect="off" />
        <AriaButton
          className="btn"
          data-variant="quiet"
          data-size="small"
          aria-label={`${shown ? strings.common.hide : strings.common.show}: ${label}`}
          onPress={() => setShown(!shown)}
        >
          {shown ? strings.common.hide : strings.common.show}
        </AriaButton>
      </div>
      {hint && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <FieldMessage error={error} />
    </AriaTextField>
  );
}

export interface SearchFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  /** Shows the label above; otherwise only screen readers hear it. */
  showLabel?: boolean;
}

export function SearchField(props: SearchFieldProps): ReactNode {
  const { label, value, onChange, placeholder, showLabel } = props;
  return (
    <AriaSearchField
      className="field"
      value={value}
      onChange={onChange}
      {...(showLabel ? {} : { 'aria-label': label })}
    >
      {showLabel && <FieldLabel label={label} />}
      <div className="input-group" data-trailing>
        <Icon name="search" />
        <Input className="input" placeholder={placeholder ?? label} />
        {value !== '' && <IconButton icon="close" label={strings.common.clear} size="small" />}
      </div>
    </AriaSearchField>
  );
}

export interface SelectOption<Id extends string = string> {
  id: Id;
  label: string;
  description?: string;
}

export interface SelectProps<Id extends string> {
  label: string;
  options: readonly SelectOption<Id>[];
  value: Id;
  onChange: (value: Id) => void;
  hint?: ReactNode;
  error?: string | undefined;
  isDisabled?: boolean;
  hideLabel?: boolean;
}

export function Select<Id extends string>(props: SelectProps<Id>): ReactNode {
  const { label, options, value, onChange, hint, error, isDisabled, hideLabel } = props;
  return (
    <AriaSelect
      className="field"
      selectedKey={value}
      onSelectionChange={(key) => onChange(key as Id)}
      isInvalid={error !== undefined}
      isDisabled={isDisabled ?? false}
      validationBehavior="aria"
      {...(hideLabel ? { 'aria-label': label } : {})}
    >
      {!hideLabel && <FieldLabel label={label} />}
      <AriaButton className="input select-button">
        <SelectValue />
        <Icon name="down" />
      </AriaButton>
      {hint && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <FieldMessage error={error} />
      <Popover className="popover" offset={4}>
        <ListBox className="menu" items={options}>
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.label} className="menu-item">
              <span className="menu-item-text">
                <Text slot="label">{option.label}</Text>
                {option.description && (
                  <Text slot="description" className="field-hint">
                    {option.description}
                  </Text>
                )}
              </span>
              <span className="menu-item-check">
                <Icon name="check" />
              </span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
