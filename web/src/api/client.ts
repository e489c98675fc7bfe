// The pages' one way to the server. They use /api/v1 like anybody else, by the session's cookie.
//
//   answer 401 sign-in-required            the session ended: the sign-in dialog opens over whatever
//                                          was being typed, then the request goes out once more
//   answer 403 reauthentication-required   likewise with the dialog that asks for a proof
//   no answer                              a GET waits and tries again; anything else says so

import { connection } from './connection';
import { Cancelled, ConnectionLost, isProblem, readProblem } from './problem';

export interface RequestOptions {
  /** Members that are undefined or empty are left out. */
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  signal?: AbortSignal;
  /** Makes trying again safe: the server does the same thing once. */
  idempotencyKey?: string;
  /** False: problems come back as they are, no dialog opens. */
  interactive?: boolean;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Opens a dialog; true: it was completed, false: it was closed. */
export type Gate = () => Promise<boolean>;

const gates: Record<'sign-in-required' | 'reauthentication-required', Gate> = {
  'sign-in-required': async () => false,
  'reauthentication-required': async () => false,
};
const open = new Map<Gate, Promise<boolean>>();

/** The dialogs register themselves here; see signin/Gates.tsx. */
export function setGate(code: keyof typeof gates, gate: Gate): void {
  gates[code] = gate;
}

/** Requests that arrive at the same gate together wait for one dialog. */
function pass(gate: Gate): Promise<boolean> {
  const already = open.get(gate);
  if (already) return already;
  const result = gate().finally(() => open.delete(gate));
  open.set(gate, result);
  return result;
}

function urlOf(path: string, query: RequestOptions['query']): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

function initOf(method: Method, options: RequestOptions): RequestInit {
  const headers: Record<string, string> = { Accept: 'application/json' };
  // No form of another site can send this header without asking first.
  if (method !== 'GET') headers['X-Latchkey-Csrf'] = '1';
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey;
  const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  if (options.signal) init.signal = options.signal;
  return init;
}

const PAUSES_S = [1, 2, 4, 8, 15];

/** The answer, whatever its status. A GET waits for the connection; others throw ConnectionLost. */
async function send(method: Method, path: string, options: RequestOptions): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await fetch(urlOf(path, options.query), initOf(method, options));
      connection.reportFound();
      return response;
    } catch (error) {
      if (options.signal?.aborted) throw error;
      connection.reportLost();
      if (method !== 'GET') {
        probe();
        throw new ConnectionLost();
      }
      await connection.pause(
        PAUSES_S[Math.min(attempt, PAUSES_S.length - 1)] ?? 15,
        options.signal,
      );
    }
  }
}

let probing = false;

/** Finds out when the server is back, for the banner. */
function probe(): void {
  if (probing) return;
  probing = true;
  connection
    .pause(1)
    .then(() => send('GET', '/api/v1/session', {}))
    .finally(() => {
      probing = false;
    });
}

async function request<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
  const interactive = options.interactive ?? true;
  const passed = new Set<string>();
  for (;;) {
    const response = await send(method, path, options);
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
    const problem = await readProblem(response);
    const code = problem.code;
    const gated =
      isProblem(problem) && (code === 'sign-in-required' || code === 'reauthentication-required');
    if (!interactive || !gated || passed.has(code)) throw problem;
    passed.add(code);
    if (!(await pass(gates[code]))) throw new Cancelled();
  }
}

export const api = {
  get: <T>(path: string, options?: RequestOptions) => request<T>('GET', path, options),
  post: <T>(path: string, body: unknown = {}, options?: RequestOptions) =>
    request<T>('POST', path, { ...options, body }),
  put: <T>(path: string, body: unknown, options?: RequestOptions) =>
    request<T>('PUT', path, { ...options, body }),
  patch: <T>(path: string, body: unknown, options?: RequestOptions) =>
    request<T>('PATCH', path, { ...options, body }),
  delete: <T = void>(path: string, options?: RequestOptions) => request<T>('DELETE', path, options),
};
