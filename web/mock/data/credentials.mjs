// Credentials in memory, many enough to scroll and varied enough to see every mark.

import { createHash } from 'node:crypto';
import { findCatalogue } from './catalogues.mjs';
import { mint, mintId } from './mint.mjs';

const DAY = 86_400_000;
const at = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
const seeded = (seed) => mintId(createHash('sha256').update(seed).digest().subarray(0, 8));

const NAMES = [
  'CI: website',
  'Renovate',
  'Laptop',
  'Jenkins nightly',
  'Backup script',
  'Release bot',
  'Sourcetree',
  'Metrics export',
];
const AGENTS = [
  'git/2.39.5',
  'curl/7.88.1',
  'Renovate/44.121.2',
  'Jenkins Git Plugin',
  'python-requests/2.32',
];
const SCOPES = [
  ['read:repository:bitbucket'],
  ['read:repository:bitbucket', 'write:repository:bitbucket'],
  [
    'read:user:bitbucket',
    'read:workspace:bitbucket',
    'read:repository:bitbucket',
    'write:repository:bitbucket',
    'read:pullrequest:bitbucket',
    'write:pullrequest:bitbucket',
  ],
  ['read:credential:latchkey'],
];
const PERMISSIONS = [
  ['repository'],
  ['repository:write'],
  ['account', 'pullrequest:write'],
  ['webhook'],
];

function lifeOf(index, now) {
  const created = now - ((index * 37) % 340) * DAY - index * 61_000;
  const lives = [90, 365, 30, 365, 366];
  return { created, expires: created + lives[index % lives.length] * DAY };
}

function example(kind, account, index, now) {
  const { created, expires } = lifeOf(index, now);
  const token = kind === 'api-token';
  const used = index % 4 !== 3;
  const record = {
    id: seeded(`${kind} ${account} ${index}`),
    kind,
    name: index < NAMES.length ? NAMES[index] : `${NAMES[index % NAMES.length]} ${index}`,
    account,
    app: token && index % 6 === 5 ? 'builds' : 'bitbucket',
    created_at: at(created),
    expires_at: token ? at(expires) : index % 3 === 2 ? at(expires) : null,
    last_used_at: used
      ? at(Math.min(now, expires, created + 30 * DAY) - (index % 9) * 3_700_000)
      : null,
    last_used_from: used ? `198.51.100.${(index * 7) % 254}` : null,
    last_used_with: used ? AGENTS[index % AGENTS.length] : null,
    use_count: used ? (index * 131) % 4000 : 0,
  };
  if (token)
    record.scopes = record.app === 'builds' ? ['builds.view'] : SCOPES[index % SCOPES.length];
  else record.permissions = PERMISSIONS[index % PERMISSIONS.length];
  if (index % 7 === 6) {
    record.revoked_at = at(now - DAY);
    record.revoke_reason = 'The laptop was lost.';
  }
  return record;
}

export class Credentials {
  constructor(now = () => Date.now()) {
    this.now = now;
    this.records = [];
  }

  /** `sizes`: how many of each kind an account has from the start. */
  fill(account, sizes) {
    for (const [kind, count] of Object.entries(sizes)) {
      for (let index = 0; index < count; index++) {
        this.records.push(example(kind, account, index, this.now()));
      }
    }
  }

  stateOf(record) {
    if (record.revoked_at) return 'revoked';
    const ended = record.expires_at !== null && Date.parse(record.expires_at) <= this.now();
    return ended ? 'expired' : 'active';
  }

  show = (record) => ({ ...record, state: this.stateOf(record) });

  list(kind, account) {
    return this.records.filter((record) => record.kind === kind && record.account === account);
  }

  find(kind, id, account) {
    return this.list(kind, account).find((record) => record.id === id);
  }

  /** The record with its secret, or `{fault, member}`. */
  issue(kind, account, body, limits) {
    const grants = kind === 'api-token' ? 'scopes' : 'permissions';
    const app = body.app ?? 'bitbucket';
    const catalogue = findCatalogue(app);
    const fault = (member, detail) => ({ fault: { member, detail } });
    if (typeof body.name !== 'string' || !body.name.trim())
      return fault('name', 'A name is needed.');
    if (!catalogue) return fault('app', `There is no app ${app}.`);
    const known = new Set(catalogue[grants].map((entry) => entry.name));
    if (!Array.isArray(body[grants]) || body[grants].length === 0)
      return fault(grants, `Name at least one of the ${grants}.`);
    const strange = body[grants].find((name) => !known.has(name));
    if (strange !== undefined) return fault(grants, `The app ${app} has no ${strange}.`);
    const expires = this.#endOf(kind, body, limits);
    const least = this.now() + limits.token_lifetime_min_s * 1000;
    const most = this.now() + limits.token_lifetime_max_s * 1000;
    if (expires !== null && !(expires >= least && expires <= most)) {
      return fault(body.ttl ? 'ttl' : 'expires_at', 'The expiry is outside of what policy allows.');
    }
    const record = {
      id: mintId(),
      kind,
      name: body.name.trim(),
      account,
      app,
      [grants]: body[grants],
      created_at: at(this.now()),
      expires_at: expires === null ? null : at(expires),
      last_used_at: null,
      last_used_from: null,
      last_used_with: null,
      use_count: 0,
    };
    this.records.push(record);
    return { record, secret: mint(kind, record.id) };
  }

  #endOf(kind, body, limits) {
    if (body.ttl) return this.now() + body.ttl * 1000;
    if (/^\d{4}-\d\d-\d\d$/.test(body.expires_at ?? '')) return Date.parse(body.expires_at) + DAY;
    if (body.expires_at) return Date.parse(body.expires_at);
    return kind === 'api-token' ? this.now() + limits.token_lifetime_default_s * 1000 : null;
  }

  /** How many of `records` it revoked. */
  revoke(records, reason) {
    const live = records.filter((record) => !record.revoked_at);
    for (const record of live) {
      record.revoked_at = at(this.now());
      record.revoke_reason = reason;
    }
    return live.length;
  }
}

export const SORTS = {
  created: (record) => record.created_at,
  expires: (record) => record.expires_at ?? '9999',
  name: (record) => record.name.toLowerCase(),
  last_used: (record) => record.last_used_at ?? '',
};
