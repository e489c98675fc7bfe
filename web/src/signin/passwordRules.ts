// The rules for a new password that can be told while it is typed. The server decides, and has one
// more: the lists of stolen passwords.

export interface RuleState {
  id: 'length' | 'size' | 'own';
  met: boolean;
}

export interface PasswordContext {
  /** With a second step, a shorter password is enough. */
  hasSecondStep: boolean;
  /** Username, e-mail, name: none of them may be the password. */
  names: readonly string[];
}

export const LENGTH_MIN = 15;
export const LENGTH_MIN_WITH_SECOND_STEP = 8;
const BYTES_MAX = 1024;

export const lengthMin = (context: PasswordContext): number =>
  context.hasSecondStep ? LENGTH_MIN_WITH_SECOND_STEP : LENGTH_MIN;

/** Characters as people count them, roughly: code points after NFC, as the server counts. */
const lengthOf = (password: string): number => Array.from(password.normalize('NFC')).length;

export function passwordRules(password: string, context: PasswordContext): RuleState[] {
  const bytes = new TextEncoder().encode(password.normalize('NFC')).length;
  const lower = password.toLowerCase();
  const own = context.names.some((name) => name !== '' && name.toLowerCase() === lower);
  const rules: RuleState[] = [
    { id: 'length', met: lengthOf(password) >= lengthMin(context) },
    { id: 'own', met: password !== '' && !own },
  ];
  // Hardly anybody meets this one; it is shown to whoever does.
  if (bytes > BYTES_MAX) rules.push({ id: 'size', met: false });
  return rules;
}

export const isAcceptable = (password: string, context: PasswordContext): boolean =>
  passwordRules(password, context).every((rule) => rule.met);
