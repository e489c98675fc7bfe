// A stand-in for the server: the routes that the pages use, with data in memory. It is for working on
// the pages and for their tests, and decides nothing that matters. tests/browser runs the real one.
//
//   const mock = createMock();                       // fresh data
//   await mock.handle({ method, path, headers, body }) → { status, headers, body }

import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshState } from './state.mjs';

const routesFolder = join(dirname(fileURLToPath(import.meta.url)), 'routes');
const routeModules = await Promise.all(
  readdirSync(routesFolder)
    .filter((name) => name.endsWith('.mjs'))
    .sort()
    .map((name) => import(join(routesFolder, name))),
);

/** Thrown by a route: becomes application/problem+json. */
export class MockProblem extends Error {
  constructor(status, code, detail, headers = {}, members = {}) {
    super(detail);
    Object.assign(this, { status, code, detail, headers, members });
  }
}

const parseCookies = (header = '') =>
  Object.fromEntries(
    header
      .split(';')
      .map((part) => part.trim().split('='))
      .filter(([name]) => name),
  );

function compile(pattern) {
  const names = [];
  const source = pattern.replace(/\{(\w+)\}/g, (_, name) => {
    names.push(name);
    return '([^/]+)';
  });
  return { expression: new RegExp(`^${source}$`), names };
}

function contextOf(mock, request, url, params) {
  const cookies = parseCookies(request.headers.cookie);
  const session = mock.state.sessions.find(
    (entry) => entry.id === cookies['__Host-latchkey-session'] && !entry.ended,
  );
  return {
    mock,
    state: mock.state,
    params,
    query: url.searchParams,
    body: request.body ? JSON.parse(request.body) : {},
    request,
    cookies,
    session,
    account: session && mock.state.accounts.find((entry) => entry.id === session.account),
    setCookies: [],
    now: () => mock.now(),
    setCookie(name, value, maxAge) {
      const age = maxAge === undefined ? '' : `; Max-Age=${maxAge}`;
      this.setCookies.push(`${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Strict${age}`);
    },
    needSession() {
      if (!this.session)
        throw new MockProblem(401, 'sign-in-required', 'Your session has ended. Sign in again.');
      return this.account;
    },
    needProof() {
      this.needSession();
      if (mock.now() > this.session.proofUntil)
        throw new MockProblem(
          403,
          'reauthentication-required',
          'Confirm that it is you, and try again.',
        );
      return this.account;
    },
    needAdmin() {
      if (!this.needSession().admin)
        throw new MockProblem(403, 'permission-denied', 'Only administrators may do that.');
      return this.account;
    },
  };
}

async function answer(mock, routes, request) {
  const url = new URL(request.path, 'http://localhost');
  const fits = routes.filter((route) => route.expression.test(url.pathname));
  const route = fits.find((entry) => entry.method === request.method);
  if (!route) {
    if (fits.length)
      throw new MockProblem(405, 'method-not-allowed', 'This method is not allowed here.');
    throw new MockProblem(404, 'not-found', 'There is no such resource.');
  }
  if (request.method !== 'GET' && request.headers['x-latchkey-csrf'] !== '1')
    throw new MockProblem(403, 'cross-site', 'The request does not come from the pages.');
  const found = route.expression.exec(url.pathname);
  const params = Object.fromEntries(
    route.names.map((name, index) => [name, decodeURIComponent(found[index + 1])]),
  );
  const context = contextOf(mock, request, url, params);
  const result = (await route.handler(context)) ?? { status: 204 };
  const status = result.status ?? 200;
  const headers = { 'Cache-Control': 'no-store', ...result.headers };
  if (context.setCookies.length) headers['Set-Cookie'] = context.setCookies;
  if (status === 204) return { status, headers, body: '' };
  if (result.text !== undefined) return { status, headers, body: result.text };
  headers['Content-Type'] = 'application/json';
  return { status, headers, body: JSON.stringify(result.json ?? result.body ?? {}) };
}

const TITLES = {
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  422: 'Not valid',
};

function problemAnswer(error) {
  const body = {
    type: `urn:latchkey:problem:${error.code}`,
    title: TITLES[error.status] ?? 'The request failed',
    status: error.status,
    detail: error.detail,
    ...error.members,
  };
  return {
    status: error.status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      ...error.headers,
    },
    body: JSON.stringify(body),
  };
}

export function createMock(options = {}) {
  const mock = { state: freshState(options), now: options.now ?? (() => Date.now()), requests: [] };
  const routes = [];
  const add = (method, pattern, handler) => routes.push({ method, handler, ...compile(pattern) });
  for (const module of routeModules) module.default(add, { MockProblem });
  mock.handle = async (request) => {
    mock.requests.push(`${request.method} ${request.path}`);
    try {
      return await answer(mock, routes, request);
    } catch (error) {
      if (error instanceof MockProblem) return problemAnswer(error);
      throw error;
    }
  };
  return mock;
}
