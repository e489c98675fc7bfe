import type { ReactNode } from 'react';
import { strings } from '../strings';
import { Icon, PasswordField } from '../ui';
import { lengthMin, type PasswordContext, passwordRules, type RuleState } from './passwordRules';

const s = strings.signIn;

export interface NewPasswordFieldProps {
  value: string;
  onChange: (value: string) => void;
  context: PasswordContext;
  /** After a first try to send the form. */
  showError: boolean;
  /** What the server said of the one that was sent. */
  error?: string | undefined;
  autoFocus?: boolean;
}

function ruleText(rule: RuleState, context: PasswordContext): string {
  if (rule.id === 'length') return s.rules.length(lengthMin(context));
  return s.rules[rule.id];
}

/** A new password with its rules, ticked off while one types. */
export function NewPasswordField(props: NewPasswordFieldProps): ReactNode {
  const { value, onChange, context, showError, autoFocus } = props;
  const rules = passwordRules(value, context);
  const open = rules.some((rule) => !rule.met);
  return (
    <div className="stack-tight">
      <PasswordField
        label={s.newPassword}
        value={value}
        onChange={onChange}
        name="new-password"
        autoComplete="new-password"
        error={showError && open ? s.needRules : props.error}
        hint={s.rulesNote}
        {...(autoFocus ? { autoFocus } : {})}
      />
      <ul className="rules">
        {rules.map((rule) => (
          <li key={rule.id} data-met={rule.met || undefined}>
            <Icon name={rule.met ? 'success' : 'circle'} size={14} />
            {ruleText(rule, context)}
            <span className="visually-hidden">{`: ${rule.met ? s.ruleMet : s.ruleOpen}`}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
