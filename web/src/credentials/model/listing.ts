// The lists of credentials: what a row is, and filtering and sorting of what was loaded.

import { isNear } from './expiry';
import type { CredentialKind } from './presented';

export type State = 'active' | 'expired' | 'revoked';

export interface CredentialRow {
  id: string;
  kind: CredentialKind;
  name: string;
  app: string;
  scopes?: string[];
  permissions?: string[];
  created_at: string;
  expires_at: string | null;
  state: State;
  revoked_at?: string;
  revoke_reason?: string;
  last_used_at?: string | null;
  last_used_from?: string | null;
  last_used_with?: string | null;
  use_count?: number;
}

export const grantsOf = (row: CredentialRow): string[] => row.scopes ?? row.permissions ?? [];

export interface Filter {
  query: string;
  /** `near`: active, and its end is marked; `unused`: active and never used. */
  state: State | 'near' | 'unused' | 'all';
  app: string;
}

export type SortKey = 'name' | 'app' | 'created_at' | 'expires_at' | 'last_used_at' | 'state';
export interface Sort {
  key: SortKey;
  descending: boolean;
}

function fitsState(row: CredentialRow, state: Filter['state'], now: number): boolean {
  switch (state) {
    case 'all':
      return true;
    case 'near':
      return (
        row.state === 'active' &&
        row.expires_at !== null &&
        isNear(row.created_at, row.expires_at, now)
      );
    case 'unused':
      return row.state === 'active' && !row.last_used_at;
    default:
      return row.state === state;
  }
}

export function filterRows(
  rows: readonly CredentialRow[],
  filter: Filter,
  now: number,
): CredentialRow[] {
  const words = filter.query.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (!fitsState(row, filter.state, now)) return false;
    if (filter.app && row.app !== filter.app) return false;
    if (words.length === 0) return true;
    const text = `${row.name}\n${row.id}\n${row.app}\n${grantsOf(row).join('\n')}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Unset instants come last, whichever way it is sorted. Equal rows keep their order. */
export function sortRows(rows: readonly CredentialRow[], sort: Sort): CredentialRow[] {
  const direction = sort.descending ? -1 : 1;
  const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
  return [...rows].sort((left, right) => {
    const a = left[sort.key];
    const b = right[sort.key];
    if (!a || !b) return Number(!a) - Number(!b);
    if (sort.key === 'name' || sort.key === 'app') return direction * collator.compare(a, b);
    return direction * (a < b ? -1 : Number(a > b));
  });
}
