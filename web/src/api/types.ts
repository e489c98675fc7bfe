// What /api/v1 answers, as far as more than one page needs it. Instants are RFC 3339 texts.

export type SecondStepMethod = 'totp' | 'passkey' | 'recovery-code';

export interface Account {
  id: string;
  email: string;
  username: string;
  display_name: string;
  kind: 'person' | 'service';
  admin: boolean;
}

export interface SessionEntry {
  id: string;
  name: string;
  address: string;
  user_agent: string;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  methods: string[];
  current: boolean;
}

export interface Policy {
  token_lifetime_min_s: number;
  token_lifetime_max_s: number;
  token_lifetime_default_s: number;
  api_tokens: boolean;
  app_passwords: boolean;
  second_step_required: boolean;
}

export interface SignedIn {
  signed_in: true;
  session: SessionEntry;
  account: Account;
  /** How this account can prove who it is: `password`, `totp`, `passkey`, `oidc`. */
  methods: string[];
  reauthenticate_after: string;
  policy: Policy;
  second_step: { totp: boolean; passkeys: number; recovery_codes_left: number };
  /** Whether the account has a password; absent: it has. */
  password?: boolean;
  public_url: string;
  git_url: string;
  version: string;
}

export interface SignInOffer {
  password: boolean;
  passkey: boolean;
  oidc: { name: string; title: string }[];
  mail: boolean;
}

export interface SignedOut {
  signed_in: false;
  sign_in: SignInOffer;
}

export interface SecondStepWanted {
  next: 'second-step';
  methods: SecondStepMethod[];
}

export interface Passkey {
  id: string;
  name: string;
  added_at: string;
  last_used_at: string | null;
  backup_eligible: boolean | null;
}

export interface LinkInfo {
  kind: 'set-up' | 'invitation' | 'password-reset';
  email?: string;
  username?: string;
  expires_at: string;
}

export interface List<T> {
  values: T[];
  next?: string | null;
}
