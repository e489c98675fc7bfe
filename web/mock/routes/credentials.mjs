// One's own API tokens and app passwords, and the catalogues.

import { catalogues, findCatalogue } from '../data/catalogues.mjs';
import { credentialsOf } from '../data/stores.mjs';

const KINDS = { 'api-tokens': 'api-token', 'app-passwords': 'app-password' };
const PUBLIC_URL = 'http://localhost:8090';

/** Answered before, by account and Idempotency-Key. */
const replays = new WeakMap();

function replayOf(mock, key) {
  if (!replays.has(mock.state)) replays.set(mock.state, new Map());
  return replays.get(mock.state).get(key);
}

export function issueFor(context, MockProblem, kind, username) {
  const store = credentialsOf(context.mock);
  const key = `${username} ${kind} ${context.request.headers['idempotency-key'] ?? Math.random()}`;
  const before = replayOf(context.mock, key);
  if (before) return { status: 200, json: store.show(before) };
  const made = store.issue(kind, username, context.body, context.state.policy);
  if (made.fault) throw new MockProblem(422, 'invalid-value', made.fault.detail);
  replays.get(context.mock.state).set(key, made.record);
  return { status: 201, json: { ...store.show(made.record), secret: made.secret } };
}

function page(records, context, path) {
  const limit = Number(context.query.get('limit') ?? 50);
  const after = context.query.get('after');
  const start = after ? records.findIndex((record) => record.id === after) + 1 : 0;
  const values = records.slice(start, start + limit);
  const more = start + limit < records.length;
  const next = `${PUBLIC_URL}${path}?limit=${limit}&after=${values.at(-1)?.id}`;
  return { values, ...(more ? { next } : {}) };
}

export default function routes(add, { MockProblem }) {
  add('GET', '/api/v1/catalogue', () => ({
    json: { values: catalogues.map(({ app, title }) => ({ app, title })) },
  }));
  add('GET', '/api/v1/catalogue/{app}', (context) => {
    const catalogue = findCatalogue(context.params.app);
    if (!catalogue) throw new MockProblem(404, 'not-found', 'There is no such app.');
    return { json: catalogue };
  });

  for (const [name, kind] of Object.entries(KINDS)) {
    const path = `/api/v1/${name}`;
    const one = (context) => {
      const account = context.needSession();
      const found = credentialsOf(context.mock).find(kind, context.params.id, account.username);
      if (!found)
        throw new MockProblem(404, 'not-found', `There is no such ${kind}, or it is not yours.`);
      return found;
    };
    add('GET', path, (context) => {
      const account = context.needSession();
      const store = credentialsOf(context.mock);
      const { values, next } = page(store.list(kind, account.username), context, path);
      return { json: { values: values.map(store.show), ...(next ? { next } : {}) } };
    });
    add('POST', path, (context) => {
      const account = context.needProof();
      const allowed =
        kind === 'api-token' ? context.state.policy.api_tokens : context.state.policy.app_passwords;
      if (!allowed)
        throw new MockProblem(403, 'kind-disabled', 'An administrator has turned this kind off.');
      return issueFor(context, MockProblem, kind, account.username);
    });
    add('POST', `${path}/revoke`, (context) => {
      const account = context.needSession();
      const store = credentialsOf(context.mock);
      const { ids, all, reason = '' } = context.body;
      const records = store
        .list(kind, account.username)
        .filter((record) => all || ids.includes(record.id));
      return { json: { revoked: store.revoke(records, reason) } };
    });
    add('GET', `${path}/{id}`, (context) => ({
      json: credentialsOf(context.mock).show(one(context)),
    }));
    add('PATCH', `${path}/{id}`, (context) => {
      const record = one(context);
      record.name = context.body.name;
      return { json: credentialsOf(context.mock).show(record) };
    });
    add('DELETE', `${path}/{id}`, (context) => {
      const record = one(context);
      const store = credentialsOf(context.mock);
      store.revoke([record], context.query.get('reason') ?? '');
      return { json: store.show(record) };
    });
  }
}
