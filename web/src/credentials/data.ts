// What the credential pages ask the server for.

import { api, type List } from '../api';
import type { Catalogue } from './model/catalogue';
import type { CredentialRow } from './model/listing';
import type { CredentialKind } from './model/presented';

export const PATHS: Readonly<Record<CredentialKind, string>> = {
  'api-token': '/api/v1/api-tokens',
  'app-password': '/api/v1/app-passwords',
};

export const PAGES: Readonly<Record<CredentialKind, string>> = {
  'api-token': '/settings/security/api-tokens',
  'app-password': '/settings/personal/app-passwords',
};

/** Latchkey itself: an app too, whose scopes are part of every app's catalogue. */
export const OWN_APP = 'latchkey';

export interface AppEntry {
  app: string;
  title: string;
}

export const loadApps = async (signal: AbortSignal): Promise<AppEntry[]> =>
  (await api.get<List<AppEntry>>('/api/v1/catalogue', { signal })).values;

export const loadCatalogue = (app: string, signal: AbortSignal): Promise<Catalogue> =>
  api.get<Catalogue>(`/api/v1/catalogue/${encodeURIComponent(app)}`, { signal });

/** The answer to a creation. The secret is missing where the server had answered before. */
export interface Issued extends CredentialRow {
  secret?: string;
}

export interface IssueBody {
  name: string;
  app: string;
  scopes?: string[];
  permissions?: string[];
  ttl?: number;
  expires_at?: string;
}

export const issue = (path: string, body: IssueBody, idempotencyKey: string): Promise<Issued> =>
  api.post<Issued>(path, body, { idempotencyKey });

/** One key for one thing that the person wants made, however often it is sent. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const rename = (row: CredentialRow, name: string): Promise<CredentialRow> =>
  api.patch<CredentialRow>(`${PATHS[row.kind]}/${row.id}`, { name });

export type Selection = { ids: string[] } | { all: true };

/** So many ids fit into a request whatever its limit is. */
const IDS_AT_ONCE = 500;

/** Revokes what `body` names, and says how many there were. Many ids go in several requests. */
export async function postRevoke(path: string, body: object, reason: string): Promise<number> {
  const ids: string[] = 'ids' in body && Array.isArray(body.ids) ? body.ids : [];
  let revoked = 0;
  let start = 0;
  do {
    const part = ids.length > 0 ? { ids: ids.slice(start, start + IDS_AT_ONCE) } : body;
    revoked += (await api.post<{ revoked: number }>(path, { ...part, reason })).revoked;
    start += IDS_AT_ONCE;
  } while (start < ids.length);
  return revoked;
}

export const revoke = (
  kind: CredentialKind,
  selection: Selection,
  reason: string,
): Promise<number> => postRevoke(`${PATHS[kind]}/revoke`, selection, reason);

/** The cursor in the address of the next page; whatever host that names is not asked. */
function cursorOf(next: string | null | undefined): string | undefined {
  if (!next) return undefined;
  if (!next.includes('?')) return next;
  return new URLSearchParams(next.slice(next.indexOf('?'))).get('after') ?? undefined;
}

/** One page of a list after another. */
export async function* pagesOf<T>(
  path: string,
  query: Record<string, string | number | undefined>,
  signal: AbortSignal,
): AsyncGenerator<List<T>> {
  let after: string | undefined;
  do {
    const page = await api.get<List<T>>(path, { query: { limit: 100, ...query, after }, signal });
    yield page;
    after = cursorOf(page.next);
  } while (after);
}

export { cursorOf };
