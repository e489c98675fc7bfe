// What administrators see and do.

import { catalogues } from '../data/catalogues.mjs';
import { exampleChanges, toCsv } from '../data/changes.mjs';
import { SORTS } from '../data/credentials.mjs';
import { credentialsOf } from '../data/stores.mjs';
import { iso, newId } from '../state.mjs';
import { issueFor } from './credentials.mjs';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const changeLogs = new WeakMap();

function changesOf(context) {
  const { state } = context;
  if (!changeLogs.has(state)) {
    changeLogs.set(state, exampleChanges(state.accounts, context.now(), 640));
  }
  return changeLogs.get(state);
}

function ensureServiceAccount(state, now) {
  if (state.accounts.some((account) => account.kind === 'service')) return;
  state.accounts.push({
    id: 'acc0000000000009',
    email: 'deploy-bot@example.com',
    username: 'deploy-bot',
    display_name: 'Deploy bot',
    kind: 'service',
    state: 'active',
    admin: false,
    created_at: iso(now - 30 * DAY),
    password: null,
    totp: null,
    recovery: [],
    passkeys: [],
  });
}

const cut = (values, context, keyOf) => {
  const limit = Number(context.query.get('limit') ?? 50);
  const after = context.query.get('after');
  const start = after ? values.findIndex((value) => keyOf(value) === after) + 1 : 0;
  const page = values.slice(start, start + limit);
  const more = start + limit < values.length;
  return { page, ...(more ? { next: `?after=${keyOf(page.at(-1))}` } : {}) };
};

export default function routes(add, { MockProblem }) {
  const needAdminProof = (context) => {
    context.needAdmin();
    context.needProof();
  };
  const describe = (context, account) => ({
    id: account.id,
    email: account.email,
    username: account.username,
    display_name: account.display_name,
    kind: account.kind,
    state: account.state,
    admin: account.admin,
    created_at: account.created_at,
    credentials: credentialsOf(context.mock).records.filter(
      (entry) => entry.account === account.username,
    ).length,
    second_step: Boolean(account.totp || account.passkeys.length),
    can_sign_in: account.kind === 'person' && Boolean(account.password),
  });
  /** A new account as the server answers it: without what it cannot have yet. */
  const bare = ({ id, email, username, display_name, kind, state, admin, created_at }) => ({
    id,
    email,
    username,
    display_name,
    kind,
    state,
    admin,
    created_at,
  });
  const oneAccount = (context) => {
    ensureServiceAccount(context.state, context.now());
    const account = context.state.accounts.find((entry) => entry.id === context.params.id);
    if (!account) throw new MockProblem(404, 'not-found', 'There is no such account.');
    return account;
  };
  const linkFor = (context, account, kind) => {
    const text = `${newId(16)}.${newId(22)}`;
    const life = kind === 'invitation' ? 7 * DAY : HOUR;
    context.state.links.push({
      text,
      kind,
      account: account.id,
      expires_at: iso(context.now() + life),
    });
    return context.state.mail
      ? { mailed: true }
      : { link: `http://localhost:8090/link#${text}`, mailed: false };
  };

  add('GET', '/api/v1/admin/accounts', (context) => {
    context.needAdmin();
    ensureServiceAccount(context.state, context.now());
    const { query } = context;
    const words = (query.get('q') ?? '').toLowerCase();
    const found = context.state.accounts.filter(
      (account) =>
        `${account.email} ${account.username} ${account.display_name}`
          .toLowerCase()
          .includes(words) &&
        (!query.get('state') || account.state === query.get('state')) &&
        (!query.get('kind') || account.kind === query.get('kind')),
    );
    const { page, next } = cut(found, context, (account) => account.id);
    return {
      json: {
        values: page.map((account) => describe(context, account)),
        ...(next ? { next } : {}),
      },
    };
  });
  add('POST', '/api/v1/admin/accounts', (context) => {
    needAdminProof(context);
    const { email, username, display_name, kind, admin = false } = context.body;
    if (
      context.state.accounts.some((entry) => entry.username === username || entry.email === email)
    ) {
      throw new MockProblem(
        409,
        'conflict',
        'There is an account with this e-mail or username already.',
      );
    }
    const account = {
      id: newId(16),
      email,
      username,
      display_name: display_name || username,
      kind,
      state: 'active',
      admin,
      created_at: iso(context.now()),
      password: null,
      totp: null,
      recovery: [],
      passkeys: [],
    };
    context.state.accounts.push(account);
    const link = kind === 'person' ? linkFor(context, account, 'invitation') : {};
    return { status: 201, json: { account: bare(account), ...link } };
  });
  add('GET', '/api/v1/admin/accounts/{id}', (context) => {
    context.needAdmin();
    return { json: describe(context, oneAccount(context)) };
  });
  add('PATCH', '/api/v1/admin/accounts/{id}', (context) => {
    needAdminProof(context);
    const account = oneAccount(context);
    if (
      account === context.account &&
      (context.body.state === 'suspended' || context.body.admin === false)
    ) {
      throw new MockProblem(
        409,
        'conflict',
        'You cannot take this from your own account: ask another administrator.',
      );
    }
    Object.assign(account, context.body);
    return { json: describe(context, account) };
  });
  add('POST', '/api/v1/admin/accounts/{id}/link', (context) => {
    needAdminProof(context);
    return { status: 201, json: linkFor(context, oneAccount(context), context.body.kind) };
  });
  add('DELETE', '/api/v1/admin/accounts/{id}/sessions', (context) => {
    needAdminProof(context);
    const account = oneAccount(context);
    for (const session of context.state.sessions)
      if (session.account === account.id) session.ended = true;
  });
  add('DELETE', '/api/v1/admin/accounts/{id}/second-step', (context) => {
    needAdminProof(context);
    Object.assign(oneAccount(context), { totp: null, passkeys: [], recovery: [] });
  });
  for (const [name, kind] of [
    ['api-tokens', 'api-token'],
    ['app-passwords', 'app-password'],
  ]) {
    add('POST', `/api/v1/admin/accounts/{id}/${name}`, (context) => {
      needAdminProof(context);
      return issueFor(context, MockProblem, kind, oneAccount(context).username);
    });
  }

  add('GET', '/api/v1/admin/credentials', (context) => {
    context.needAdmin();
    ensureServiceAccount(context.state, context.now());
    const { query, state } = context;
    const store = credentialsOf(context.mock);
    const owner = state.accounts.find((account) => account.id === query.get('account'));
    const words = (query.get('q') ?? '').toLowerCase();
    const near = (record) =>
      record.expires_at && Date.parse(record.expires_at) - context.now() < 14 * DAY;
    const fits = {
      near: (record) => store.stateOf(record) === 'active' && near(record),
      unused: (record) => store.stateOf(record) === 'active' && !record.last_used_at,
    };
    const wanted = query.get('state');
    const found = store.records.filter(
      (record) =>
        `${record.name} ${record.id} ${record.account}`.toLowerCase().includes(words) &&
        (!query.get('kind') || record.kind === query.get('kind')) &&
        (!query.get('app') || record.app === query.get('app')) &&
        (!owner || record.account === owner.username) &&
        (!wanted || (fits[wanted]?.(record) ?? store.stateOf(record) === wanted)),
    );
    const sort = query.get('sort') ?? '-created';
    const keyOf = SORTS[sort.replace('-', '')];
    found.sort(
      (left, right) => (keyOf(left) < keyOf(right) ? -1 : 1) * (sort.startsWith('-') ? -1 : 1),
    );
    const { page, next } = cut(found, context, (record) => record.id);
    const values = page.map((record) => {
      const holder = state.accounts.find((account) => account.username === record.account);
      return { ...store.show(record), account: { id: holder?.id, username: record.account } };
    });
    return { json: { values, total: found.length, ...(next ? { next } : {}) } };
  });
  add('POST', '/api/v1/admin/credentials/revoke', (context) => {
    needAdminProof(context);
    const store = credentialsOf(context.mock);
    const { ids, account, unused_for_days, reason = '', dry_run } = context.body;
    const owner = context.state.accounts.find((entry) => entry.id === account);
    const since = context.now() - unused_for_days * DAY;
    const chosen = store.records.filter((record) => {
      if (ids) return ids.includes(record.id);
      if (account) return record.account === owner?.username;
      return (
        store.stateOf(record) === 'active' &&
        Date.parse(record.last_used_at ?? record.created_at) < since
      );
    });
    if (dry_run)
      return {
        json: { revoked: 0, would_revoke: chosen.filter((entry) => !entry.revoked_at).length },
      };
    return { json: { revoked: store.revoke(chosen, reason) } };
  });

  const policyAnswer = (context) => ({
    json: {
      ...context.state.policy,
      token_lifetime_min_s: undefined,
      bounds: {
        token_lifetime_min_s: 86_400,
        token_lifetime_max_s: 366 * 86_400,
        token_lifetime_default_s: 90 * 86_400,
      },
    },
  });
  add('GET', '/api/v1/admin/policy', (context) => {
    context.needAdmin();
    return policyAnswer(context);
  });
  add('PUT', '/api/v1/admin/policy', (context) => {
    needAdminProof(context);
    const { token_lifetime_max_s, token_lifetime_default_s, ...rest } = context.body;
    Object.assign(context.state.policy, rest, {
      token_lifetime_max_s: token_lifetime_max_s ?? 366 * 86_400,
      token_lifetime_default_s: token_lifetime_default_s ?? 90 * 86_400,
    });
    return policyAnswer(context);
  });

  const wantedChanges = (context) => {
    const { query } = context;
    const day = (name) => query.get(name) ?? '';
    return changesOf(context).filter(
      (change) =>
        (!query.get('action') || change.action.startsWith(query.get('action'))) &&
        (!query.get('actor') || [change.actor, change.actor_name].includes(query.get('actor'))) &&
        (!day('since') || change.at >= day('since')) &&
        (!day('until') || change.at < day('until')) &&
        (!query.get('q') ||
          JSON.stringify(change).toLowerCase().includes(query.get('q').toLowerCase())),
    );
  };
  add('GET', '/api/v1/admin/changes', (context) => {
    context.needAdmin();
    const limit = Number(context.query.get('limit') ?? 50);
    const before = Number(context.query.get('before') ?? Number.MAX_SAFE_INTEGER);
    const found = wantedChanges(context).filter((change) => change.seq < before);
    const values = found.slice(0, limit);
    return { json: { values, ...(found.length > limit ? { next: values.at(-1).seq } : {}) } };
  });
  add('GET', '/api/v1/admin/changes/export', (context) => {
    context.needAdmin();
    const found = wantedChanges(context);
    const csv = context.query.get('format') === 'csv';
    return {
      headers: {
        'Content-Type': csv ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
        'Content-Disposition': `attachment; filename="changes.${csv ? 'csv' : 'ndjson'}"`,
      },
      text: csv ? toCsv(found) : found.map((change) => `${JSON.stringify(change)}\n`).join(''),
    };
  });

  add('GET', '/api/v1/admin/apps', (context) => {
    context.needAdmin();
    const values = catalogues.map((catalogue) => ({
      app: catalogue.app,
      title: catalogue.title,
      built_in: catalogue.app !== 'builds',
      operations: catalogue.app === 'bitbucket' ? 331 : 12,
      scopes: catalogue.scopes.length,
      permissions: catalogue.permissions.length,
      refused: null,
    }));
    return { json: { values } };
  });
  add('GET', '/api/v1/admin/health', (context) => {
    context.needAdmin();
    return {
      json: {
        version: '0.4.0',
        sqlite_version: '3.40.1',
        uptime_s: 93_784,
        credentials: credentialsOf(context.mock).records.length,
        accounts: context.state.accounts.length,
        refused_records: 0,
        alarms: [],
        journal: { seq: changesOf(context)[0].seq },
        ready: true,
        why_not_ready: null,
      },
    };
  });
}
