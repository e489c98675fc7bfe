import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../../mock/state.mjs';
import { installMock, type Mock, signInAs } from '../../testing/mockFetch';
import { renderApp } from '../../testing/renderApp';

const NEW = '/settings/security/api-tokens/new';
let mock: Mock;
beforeEach(async () => {
  mock = installMock();
  await signInAs(mock, 'alice');
});

type User = Awaited<ReturnType<typeof renderApp>>;

const press = (user: User, name: string | RegExp) =>
  user.click(screen.getByRole('button', { name }));

async function fillIn(user: User, name = 'Build robot') {
  await user.type(await screen.findByLabelText('Name'), name);
  await press(user, 'Next');
  await user.click(await screen.findByRole('radio', { name: /Bitbucket/ }));
  await press(user, 'Next');
  await user.click(await screen.findByRole('button', { name: 'Git: push' }));
  await press(user, 'Next');
  expect(await screen.findByRole('heading', { name: 'Review' })).toHaveFocus();
}

const secretOf = async () => (await screen.findByLabelText('Token')).textContent ?? '';

/** Everywhere that a secret could have stayed. */
function traces(secret: string): string[] {
  const storage = [localStorage, sessionStorage].map((area) => JSON.stringify({ ...area }));
  const places = [document.documentElement.innerHTML, location.href, document.title];
  return [...places, ...storage, JSON.stringify(history.state)].filter((text) =>
    text.includes(secret),
  );
}

describe('the wizard', () => {
  it('makes a token with what was filled in, and forgets its secret when it is left', async () => {
    const user = await renderApp(NEW);
    await fillIn(user);
    await press(user, 'Create token');
    expect(await screen.findByRole('heading', { name: 'New API token' })).toBeVisible();
    const secret = await secretOf();
    expect(secret).toMatch(/^lkat_[0-9A-Za-z]{39}$/);

    await press(user, 'Copy the token');
    expect(await navigator.clipboard.readText()).toBe(secret);
    await press(user, 'Done');
    const row = await screen.findByRole('row', { name: /Build robot/ });
    expect(within(row).getByText(secret.slice(5, 16))).toBeVisible();
    expect(traces(secret)).toEqual([]);
    expect(mock.requests.filter((request) => request.includes(secret))).toEqual([]);
  });

  it('asks once before a token is left that nobody copied', async () => {
    const user = await renderApp(NEW);
    await fillIn(user);
    await press(user, 'Create token');
    const secret = await secretOf();
    await press(user, 'Done');
    const question = await screen.findByRole('alertdialog', { name: /Leave without copying/ });
    await user.click(within(question).getByRole('button', { name: 'Stay and copy' }));
    expect(await secretOf()).toBe(secret);
    await press(user, 'Done');
    expect(await screen.findByRole('heading', { name: 'API tokens' })).toBeVisible();
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect(traces(secret)).toEqual([]);
  });

  it('hides the secret from a page that the browser keeps', async () => {
    const user = await renderApp(NEW);
    await fillIn(user);
    await press(user, 'Create token');
    const secret = await secretOf();
    dispatchEvent(new Event('pagehide'));
    expect(await screen.findByText('The secret is no longer shown')).toBeVisible();
    expect(traces(secret)).toEqual([]);
  });

  it('says what is missing at each step', async () => {
    const user = await renderApp(NEW);
    await screen.findByLabelText('Name');
    await press(user, 'Next');
    expect(screen.getByText(/Enter a name/)).toBeVisible();
    await user.type(screen.getByLabelText('Name'), 'x');
    await press(user, 'Next');
    await press(user, 'Next');
    expect(screen.getByText('Choose an app.')).toBeVisible();
    await user.click(await screen.findByRole('radio', { name: /Bitbucket/ }));
    await press(user, 'Next');
    await screen.findByText('None chosen yet');
    await press(user, 'Next');
    expect(screen.getByText('Tick at least one scope.')).toBeVisible();
    expect(mock.requests).not.toContain('POST /api/v1/api-tokens');
  });

  it('finds scopes, and offers what is usually needed as well', async () => {
    const user = await renderApp(NEW);
    await user.type(await screen.findByLabelText('Name'), 'x');
    await press(user, 'Next');
    await user.click(await screen.findByRole('radio', { name: /Bitbucket/ }));
    await press(user, 'Next');
    await user.type(await screen.findByLabelText('Search scopes'), 'delete:rep');
    const chosen = await screen.findByRole('checkbox', { name: /delete:repository:bitbucket/ });
    await waitFor(() => expect(screen.getAllByRole('checkbox')).toHaveLength(1));
    await user.click(chosen);
    await press(user, 'Add read:repository:bitbucket');
    await press(user, 'Add read:user:bitbucket');
    expect(screen.queryByText('Usually needed as well')).toBeNull();
    expect(screen.getByText('3 scopes chosen')).toBeVisible();
  });

  it('goes back by the steps above, and keeps what was filled in', async () => {
    const user = await renderApp(NEW);
    await fillIn(user, 'Laptop');
    await press(user, /^Name and expiry/);
    expect(screen.getByLabelText('Name')).toHaveValue('Laptop');
    await press(user, 'Next');
    expect(screen.getByRole('radio', { name: /Bitbucket/ })).toBeChecked();
  });

  it('asks before something that was filled in is discarded', async () => {
    const user = await renderApp(NEW);
    await user.type(await screen.findByLabelText('Name'), 'x');
    await press(user, 'Cancel');
    const question = await screen.findByRole('alertdialog', { name: 'Discard this token?' });
    await user.click(within(question).getByRole('button', { name: 'Keep editing' }));
    expect(screen.getByLabelText('Name')).toHaveValue('x');
  });
});

describe('a link that fills in the form', () => {
  const link = `${NEW}?name=Renovate&app=bitbucket&scopes=read:user:bitbucket,no:such&expires=30d`;

  it('fills in, says so, and creates nothing', async () => {
    const user = await renderApp(link);
    expect(await screen.findByText('A link filled in this form')).toBeVisible();
    expect(screen.getByLabelText('Name')).toHaveValue('Renovate');
    expect(screen.getByRole('radio', { name: '30 days' })).toBeChecked();
    expect(await screen.findByText(/no:such/)).toBeVisible();
    await press(user, 'Next');
    await press(user, 'Next');
    expect(await screen.findByRole('checkbox', { name: /read:user:bitbucket/ })).toBeChecked();
    expect(
      mock.requests.filter((request) => request.startsWith('POST /api/v1/api-tokens')),
    ).toEqual([]);
  });

  it('shows markup as text', async () => {
    await renderApp(`${NEW}?name=${encodeURIComponent('<img src=x onerror=alert(1)>')}`);
    expect(await screen.findByLabelText('Name')).toHaveValue('<img src=x onerror=alert(1)>');
    expect(document.querySelector('img[src=x]')).toBeNull();
  });
});

describe('the review', () => {
  it('begins with the scopes, and marks those that change something', async () => {
    const user = await renderApp(NEW);
    await fillIn(user);
    const [first] = screen.getAllByRole('term');
    expect(first).toHaveTextContent('Scopes');
    const write = screen.getByText('write:repository:bitbucket').closest('li');
    expect(write).toHaveTextContent('changes');
    const read = screen.getByText('read:repository:bitbucket').closest('li');
    expect(read).not.toHaveTextContent('changes');
    expect(screen.queryByText('Usually needed as well')).toBeNull();
  });

  it('warns of what is usually needed as well where it covers nothing', async () => {
    const user = await renderApp(
      `${NEW}?name=x&app=bitbucket&scopes=read:pullrequest:bitbucket&expires=30d`,
    );
    await screen.findByLabelText('Name');
    for (const title of ['App', 'Scopes', 'Review']) {
      await press(user, 'Next');
      await screen.findByRole('heading', { name: title });
    }
    const warning = await screen.findByText('Usually needed as well');
    expect(warning.closest('.wizard-bottom')).toBeNull();
  });
});

describe('what goes wrong meanwhile', () => {
  it('asks for a proof, and creates what was filled in', async () => {
    const user = await renderApp(NEW);
    await fillIn(user);
    mock.state.sessions.at(-1).proofUntil = 0;
    await press(user, 'Create token');
    const dialog = await screen.findByRole('dialog');
    await user.type(within(dialog).getByLabelText('Password'), PASSWORD);
    await user.click(within(dialog).getByRole('button', { name: 'Confirm' }));
    expect(await secretOf()).toMatch(/^lkat_/);
  });

  it('loses nothing when the session has ended', async () => {
    const user = await renderApp(NEW);
    await fillIn(user, 'Typed before');
    for (const session of mock.state.sessions) session.ended = true;
    await press(user, 'Create token');
    const dialog = await screen.findByRole('dialog');
    await user.type(within(dialog).getByLabelText('Password'), PASSWORD);
    await user.click(within(dialog).getByRole('button', { name: 'Sign in' }));
    expect(await secretOf()).toMatch(/^lkat_/);
    expect(screen.getByText(/“Typed before” was created/)).toBeVisible();
  });

  it('does not make a second token when the answer to the first was lost', async () => {
    const user = await renderApp(NEW);
    await fillIn(user, 'Once');
    const { handle } = mock;
    // The request arrives, and its answer does not.
    mock.handle = async (request) => {
      const answer = await handle(request);
      const create = (request as { method: string; path: string }).path === '/api/v1/api-tokens';
      if (create) throw new TypeError('Failed to fetch');
      return answer;
    };
    await press(user, 'Create token');
    expect(await screen.findByText(/unknown whether this was done/)).toBeVisible();
    mock.handle = handle;
    await press(user, 'Create token');
    expect(await screen.findByText(/its secret was lost on the way/)).toBeVisible();
    await press(user, 'Revoke it');
    const row = await screen.findByRole('row', { name: /Once/ });
    expect(within(row).getByText('Revoked')).toBeVisible();
  });
});
