// What the administration pages ask the server for.

import { api, type List } from '../api';
import { cursorOf, postRevoke } from '../credentials/data';
import type { CredentialRow } from '../credentials/model/listing';

export interface AdminAccount {
  id: string;
  email: string;
  username: string;
  display_name: string;
  kind: 'person' | 'service';
  state: 'active' | 'suspended';
  admin: boolean;
  created_at: string;
  credentials: number;
  second_step: boolean;
  can_sign_in: boolean;
}

const ACCOUNTS = '/api/v1/admin/accounts';
const CREDENTIALS = '/api/v1/admin/credentials';

export interface AccountQuery {
  q?: string;
  state?: string;
  kind: AdminAccount['kind'];
}

export interface Slice<T> {
  values: T[];
  next: string | undefined;
  total?: number;
}

async function slice<T>(
  path: string,
  query: Record<string, string | number | undefined>,
  signal: AbortSignal,
): Promise<Slice<T>> {
  const page = await api.get<List<T> & { total?: number }>(path, { query, signal });
  const total = page.total === undefined ? {} : { total: page.total };
  return { values: page.values, next: cursorOf(page.next), ...total };
}

export async function loadAccounts(
  query: AccountQuery,
  after: string | undefined,
  signal: AbortSignal,
): Promise<Slice<AdminAccount>> {
  const page = await slice<AdminAccount>(ACCOUNTS, { ...query, after, limit: 100 }, signal);
  return { ...page, values: page.values.filter((account) => account.kind === query.kind) };
}

export const loadAccount = (id: string, signal: AbortSignal): Promise<AdminAccount> =>
  api.get<AdminAccount>(`${ACCOUNTS}/${encodeURIComponent(id)}`, { signal });

export interface NewAccount {
  email: string;
  username: string;
  display_name?: string;
  kind: AdminAccount['kind'];
  admin?: boolean;
}

/** A link is there where nobody mailed it; it is shown once. */
export interface LinkAnswer {
  link?: string;
  mailed?: boolean;
}

export async function createAccount(
  account: NewAccount,
): Promise<LinkAnswer & { account: AdminAccount }> {
  const answer = await api.post<LinkAnswer & { account: AdminAccount }>(ACCOUNTS, account);
  // What a new account cannot have yet, the answer need not say.
  const nothing = { credentials: 0, second_step: false, can_sign_in: false };
  return { ...answer, account: { ...nothing, ...answer.account } };
}

export const changeAccount = (
  id: string,
  change: Partial<Pick<AdminAccount, 'state' | 'display_name' | 'admin'>>,
): Promise<AdminAccount> => api.patch(`${ACCOUNTS}/${id}`, change);

export const makeLink = (id: string, kind: 'invitation' | 'password-reset'): Promise<LinkAnswer> =>
  api.post(`${ACCOUNTS}/${id}/link`, { kind });

export const endSessions = (id: string): Promise<void> => api.delete(`${ACCOUNTS}/${id}/sessions`);

export const dropSecondStep = (id: string): Promise<void> =>
  api.delete(`${ACCOUNTS}/${id}/second-step`);

export const issuePath = (account: string, kind: CredentialRow['kind']): string =>
  `${ACCOUNTS}/${account}/${kind === 'api-token' ? 'api-tokens' : 'app-passwords'}`;

export interface AdminCredential extends CredentialRow {
  account: { id: string; username: string };
}

export interface CredentialQuery {
  q?: string;
  kind?: string;
  state?: string;
  account?: string;
  app?: string;
  sort: string;
}

export const loadCredentials = (
  query: CredentialQuery,
  after: string | undefined,
  signal: AbortSignal,
): Promise<Slice<AdminCredential>> =>
  slice<AdminCredential>(CREDENTIALS, { ...query, after, limit: 100 }, signal);

export type AdminSelection = { ids: string[] } | { account: string } | { unused_for_days: number };

export const revokeAny = (selection: AdminSelection, reason: string): Promise<number> =>
  postRevoke(`${CREDENTIALS}/revoke`, selection, reason);

export interface PolicyBounds {
  token_lifetime_min_s: number;
  token_lifetime_max_s: number;
  token_lifetime_default_s: number;
}

export interface InstallationPolicy {
  token_lifetime_max_s: number | null;
  token_lifetime_default_s: number | null;
  api_tokens: boolean;
  app_passwords: boolean;
  second_step_required: boolean;
  /** Empty: all. */
  token_apps: string[];
}

export type PolicyAnswer = InstallationPolicy & { bounds: PolicyBounds };

const POLICY = '/api/v1/admin/policy';
export const loadPolicy = (signal: AbortSignal): Promise<PolicyAnswer> =>
  api.get(POLICY, { signal });
export const savePolicy = (policy: InstallationPolicy): Promise<PolicyAnswer> =>
  api.put(POLICY, policy);

export interface ChangeSubject {
  kind: string;
  id: string;
  name?: string | null;
}

export interface ChangeEntry {
  seq: number;
  at: string;
  action: string;
  actor: string;
  actor_name?: string | null;
  origin: string;
  request_id: string;
  note: string;
  subject?: ChangeSubject | string | null;
}

export interface ChangeQuery {
  q?: string;
  actor?: string;
  action?: string;
  since?: string;
  until?: string;
}

const CHANGES = '/api/v1/admin/changes';

export async function loadChanges(
  query: ChangeQuery,
  before: string | undefined,
  signal: AbortSignal,
): Promise<Slice<ChangeEntry>> {
  const page = await api.get<{ values: ChangeEntry[]; next?: string | number | null }>(CHANGES, {
    query: { ...query, before, limit: 100 },
    signal,
  });
  return { values: page.values, next: beforeOf(page.next) };
}

function beforeOf(next: string | number | null | undefined): string | undefined {
  if (next === null || next === undefined || next === '') return undefined;
  const text = String(next);
  if (!text.includes('?')) return text;
  return new URLSearchParams(text.slice(text.indexOf('?'))).get('before') ?? undefined;
}

/** A file for the browser to save; filters go along, secrets are in no change. */
export function exportHref(query: ChangeQuery, format: 'csv' | 'ndjson'): string {
  const search = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  return `${CHANGES}/export?${search}`;
}

export interface AdminApp {
  app: string;
  title: string;
  built_in?: boolean;
  operations?: number;
  scopes?: number | unknown[];
  permissions?: number | unknown[];
  refused?: string | boolean | null;
}

export const loadApps = async (signal: AbortSignal): Promise<AdminApp[]> =>
  (await api.get<List<AdminApp>>('/api/v1/admin/apps', { signal })).values;

export interface Health {
  version: string;
  sqlite_version: string;
  uptime_s: number;
  credentials: number;
  accounts: number;
  refused_records: number;
  alarms: (string | { at?: string; text: string })[];
  journal: { seq: number };
  ready: boolean;
  why_not_ready: string | null;
}

export const loadHealth = (signal: AbortSignal): Promise<Health> =>
  api.get<Health>('/api/v1/admin/health', { signal });
