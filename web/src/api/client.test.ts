import { beforeEach, describe, expect, it, vi } from 'vitest';
import { installMock, type Mock, signInAs } from '../testing/mockFetch';
import { api, setGate } from './client';
import { connection } from './connection';
import { Cancelled, ConnectionLost, Problem } from './problem';

let mock: Mock;

beforeEach(() => {
  mock = installMock();
  setGate('sign-in-required', async () => false);
  setGate('reauthentication-required', async () => false);
});

const expireProofs = () => {
  for (const session of mock.state.sessions) session.proofUntil = 0;
};

describe('a request', () => {
  it('says what a problem document says', async () => {
    const error = await api.post('/api/v1/session', { user: 'throttled' }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ code: 'throttled', status: 429, retryAfter: 8 });
  });

  it('makes a problem of an answer that is none of ours', async () => {
    vi.stubGlobal('fetch', async () => new Response('<h1>Bad gateway</h1>', { status: 502 }));
    await expect(api.get('/api/v1/session')).rejects.toMatchObject({
      code: 'http-502',
      detail: '',
    });
  });

  it('asks for a sign-in once for all that wait, then goes on', async () => {
    let asked = 0;
    setGate('sign-in-required', async () => {
      asked += 1;
      await signInAs(mock, 'alice');
      return true;
    });
    const lists = await Promise.all([
      api.get<{ values: unknown[] }>('/api/v1/sessions'),
      api.get<{ values: unknown[] }>('/api/v1/me/passkeys'),
    ]);
    expect(asked).toBe(1);
    expect(lists[0].values.length).toBeGreaterThan(0);
  });

  it('is cancelled when the dialog is closed', async () => {
    await expect(api.get('/api/v1/sessions')).rejects.toBeInstanceOf(Cancelled);
  });

  it('asks for a proof and is sent again with the same body', async () => {
    await signInAs(mock, 'alice');
    expireProofs();
    setGate('reauthentication-required', async () => {
      for (const session of mock.state.sessions) session.proofUntil = Date.now() + 60000;
      return true;
    });
    const body = {
      current_password: 'correct horse battery staple',
      password: 'another long password',
    };
    await api.put('/api/v1/me/password', body);
    expect(mock.state.accounts[0].password).toBe('another long password');
  });

  it('does not ask for the same thing for ever', async () => {
    await signInAs(mock, 'alice');
    expireProofs();
    setGate('reauthentication-required', async () => true);
    await expect(api.post('/api/v1/me/totp')).rejects.toMatchObject({
      code: 'reauthentication-required',
    });
  });
});

describe('without a connection', () => {
  it('a GET waits until the server is back', async () => {
    mock.offline = true;
    const answer = api.get<{ signed_in: boolean }>('/api/v1/session');
    await vi.waitFor(() => expect(connection.isLost()).toBe(true));
    mock.offline = false;
    connection.tryNow();
    expect((await answer).signed_in).toBe(false);
    expect(connection.isLost()).toBe(false);
  });

  it('a change fails at once, for it is unknown whether it was made', async () => {
    mock.offline = true;
    await expect(api.post('/api/v1/session', {})).rejects.toBeInstanceOf(ConnectionLost);
    mock.offline = false;
    connection.tryNow();
    await vi.waitFor(() => expect(connection.isLost()).toBe(false));
  });

  it('a page that was left waits no longer', async () => {
    mock.offline = true;
    const abort = new AbortController();
    const answer = api.get('/api/v1/session', { signal: abort.signal });
    await vi.waitFor(() => expect(connection.isLost()).toBe(true));
    abort.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    connection.reportFound();
  });
});
