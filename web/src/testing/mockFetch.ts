// Lets the pages under test talk to the mock server without a network: fetch() with a cookie jar.

import { vi } from 'vitest';
import { createMock } from '../../mock/app.mjs';

export interface Mock {
  // biome-ignore lint/suspicious/noExplicitAny: the mock is plain JavaScript
  state: any;
  requests: string[];
  handle: (
    request: unknown,
  ) => Promise<{ status: number; headers: Record<string, string | string[]>; body: string }>;
  /** While true, no request arrives. */
  offline: boolean;
  cookies: Map<string, string>;
}

function keepCookies(mock: Mock, lines: string | string[] | undefined): void {
  for (const line of [lines ?? []].flat()) {
    const [pair = ''] = line.split(';');
    const [name = '', value = ''] = pair.split('=');
    if (value === '') mock.cookies.delete(name);
    else mock.cookies.set(name, value);
  }
}

/** A fresh mock, which answers fetch() until the end of the test. */
export function installMock(options: object = {}): Mock {
  const mock = Object.assign(createMock(options), {
    offline: false,
    cookies: new Map(),
  }) as unknown as Mock;
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}): Promise<Response> => {
    if (mock.offline) throw new TypeError('Failed to fetch');
    if (init.signal?.aborted) throw new DOMException('aborted', 'AbortError');
    const headers = Object.fromEntries(new Headers(init.headers).entries());
    if (init.credentials !== 'omit')
      headers.cookie = [...mock.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await mock.handle({
      method: init.method ?? 'GET',
      path,
      headers,
      body: init.body,
    });
    keepCookies(mock, answer.headers['Set-Cookie']);
    const { 'Set-Cookie': _cookies, ...rest } = answer.headers;
    return new Response(answer.status === 204 ? null : answer.body, {
      status: answer.status,
      headers: rest as Record<string, string>,
    });
  });
  return mock;
}

/** Signs in without the pages, for tests of what comes after. */
export async function signInAs(mock: Mock, user: string): Promise<void> {
  const answer = await mock.handle({
    method: 'POST',
    path: '/api/v1/session',
    headers: { 'x-latchkey-csrf': '1' },
    body: JSON.stringify({ user, password: 'correct horse battery staple' }),
  });
  keepCookies(mock, answer.headers['Set-Cookie']);
}
