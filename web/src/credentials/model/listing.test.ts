import { describe, expect, it } from 'vitest';
import { type CredentialRow, type Filter, filterRows, sortRows } from './listing';

const now = Date.parse('2026-11-30T22:00:00Z');
const row = (id: string, more: Partial<CredentialRow> = {}): CredentialRow => ({
  id,
  kind: 'api-token',
  name: `Token ${id}`,
  app: 'bitbucket',
  scopes: ['read:repository:bitbucket'],
  created_at: '2026-01-01T00:00:00Z',
  expires_at: '2027-01-01T00:00:00Z',
  state: 'active',
  last_used_at: null,
  ...more,
});

const rows = [
  row('10', { last_used_at: '2026-11-01T00:00:00Z' }),
  row('9', { state: 'revoked', app: 'latchkey' }),
  row('2', { expires_at: '2026-12-03T00:00:00Z', scopes: ['write:issue:bitbucket'] }),
  row('1', { expires_at: null }),
];
const ids = (list: CredentialRow[]) => list.map((entry) => entry.id);
const filtered = (filter: Partial<Filter>) =>
  ids(filterRows(rows, { query: '', state: 'all', app: '', ...filter }, now));

describe('filterRows', () => {
  it('filters by state', () => {
    expect(filtered({})).toEqual(['10', '9', '2', '1']);
    expect(filtered({ state: 'active' })).toEqual(['10', '2', '1']);
    expect(filtered({ state: 'near' })).toEqual(['2']);
    expect(filtered({ state: 'unused' })).toEqual(['2', '1']);
  });

  it('filters by app and by words in name, id and scopes', () => {
    expect(filtered({ app: 'latchkey' })).toEqual(['9']);
    expect(filtered({ query: 'TOKEN issue' })).toEqual(['2']);
  });
});

describe('sortRows', () => {
  it('sorts names as people count', () => {
    expect(ids(sortRows(rows, { key: 'name', descending: false }))).toEqual(['1', '2', '9', '10']);
    expect(ids(sortRows(rows, { key: 'name', descending: true }))).toEqual(['10', '9', '2', '1']);
  });

  it('puts unset instants last in both directions', () => {
    const up = ids(sortRows(rows, { key: 'expires_at', descending: false }));
    const down = ids(sortRows(rows, { key: 'expires_at', descending: true }));
    expect(up).toEqual(['2', '10', '9', '1']);
    expect(down).toEqual(['10', '9', '2', '1']);
    expect(ids(sortRows(rows, { key: 'last_used_at', descending: false }))[0]).toBe('10');
  });

  it('sorts 50,000 rows without delay', () => {
    const many = Array.from({ length: 50_000 }, (_, index) => row(String(index * 7919)));
    expect(sortRows(many, { key: 'name', descending: true })).toHaveLength(50_000);
  });
});
