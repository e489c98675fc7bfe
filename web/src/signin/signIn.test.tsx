import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { LINKS, PASSWORD, TOTP_KEY } from '../../mock/state.mjs';
import { totp } from '../../mock/totp.mjs';
import { installMock, type Mock, signInAs } from '../testing/mockFetch';
import { renderApp } from '../testing/renderApp';

let mock: Mock;
beforeEach(() => {
  mock = installMock();
});

type User = Awaited<ReturnType<typeof renderApp>>;

async function typePassword(user: User, name: string, password = PASSWORD) {
  await user.type(await screen.findByLabelText('E-mail or username'), name);
  await user.type(screen.getByLabelText('Password'), password);
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
}

describe('signing in', () => {
  it('leads back to the page that was wanted', async () => {
    const user = await renderApp('/settings/profile');
    await typePassword(user, 'alice');
    expect(await screen.findByRole('heading', { name: 'Profile' })).toBeVisible();
    expect(location.pathname).toBe('/settings/profile');
    expect(document.title).toBe('Profile · Latchkey');
  });

  it('says what is missing before it asks the server', async () => {
    const user = await renderApp('/login');
    await user.click(await screen.findByRole('button', { name: 'Sign in' }));
    expect(screen.getByText('Enter your e-mail or username.')).toBeVisible();
    expect(screen.getByLabelText('E-mail or username')).toHaveAccessibleDescription(
      /Enter your e-mail/,
    );
    expect(mock.requests).not.toContain('POST /api/v1/session');
  });

  it('keeps the name and clears the password when it was wrong', async () => {
    const user = await renderApp('/login');
    await typePassword(user, 'alice', 'wrong');
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The user or the password is wrong.',
    );
    expect(screen.getByLabelText('E-mail or username')).toHaveValue('alice');
    expect(screen.getByLabelText('Password')).toHaveValue('');
    expect(screen.getByLabelText('Password')).toHaveFocus();
  });

  it('says how long to wait when there were too many attempts', async () => {
    const user = await renderApp('/login');
    await typePassword(user, 'throttled');
    expect(await screen.findByRole('alert')).toHaveTextContent('Try again in 8 seconds.');
  });

  it('takes a code as soon as it is whole', async () => {
    const user = await renderApp('/login?next=/settings/profile');
    await typePassword(user, 'bob');
    const field = await screen.findByLabelText('Code of your authenticator app');
    await user.type(field, '000000');
    expect(await screen.findByRole('alert')).toHaveTextContent('This code is wrong');
    await user.type(field, totp(TOTP_KEY, Date.now()));
    expect(await screen.findByRole('heading', { name: 'Profile' })).toBeVisible();
  });

  it('takes a recovery code once', async () => {
    const user = await renderApp('/login?next=/settings/profile');
    await typePassword(user, 'bob');
    await user.click(await screen.findByRole('button', { name: 'Use a recovery code' }));
    await user.type(screen.getByLabelText('Recovery code'), 'ABCD EFGH JKMN PQRS');
    await user.click(screen.getByRole('button', { name: 'Continue' }));
    expect(await screen.findByRole('heading', { name: 'Profile' })).toBeVisible();
    expect(mock.state.accounts[1].recovery).toEqual([]);
  });

  it('starts again when the attempt is over', async () => {
    const user = await renderApp('/login');
    await typePassword(user, 'bob');
    const field = await screen.findByLabelText('Code of your authenticator app');
    for (const attempt of mock.state.attempts) attempt.left = 0;
    await user.type(field, '123456');
    expect(await screen.findByText(/too many codes were wrong/)).toBeVisible();
    expect(location.pathname).toBe('/login');
  });
});

describe('a link', () => {
  it('leaves the address at once, and makes the first account', async () => {
    const user = await renderApp(`/link#${LINKS.setUp}`);
    expect(await screen.findByRole('heading', { name: 'Set up Latchkey' })).toBeVisible();
    expect(location.href).not.toContain(LINKS.setUp);
    await user.type(screen.getByLabelText('E-mail'), 'maria@example.com');
    await user.type(screen.getByLabelText('Username'), 'maria');
    await user.type(screen.getByLabelText('New password'), 'four unrelated words');
    await user.click(screen.getByRole('button', { name: 'Make the account' }));
    await waitFor(() => expect(mock.cookies.has('__Host-latchkey-session')).toBe(true));
    expect(mock.state.accounts.at(-1)).toMatchObject({ username: 'maria', admin: true });
    await waitFor(() => expect(location.pathname).not.toBe('/link'));
  });

  it('sends no password that breaks a rule', async () => {
    const user = await renderApp(`/link#${LINKS.invitation}`);
    await user.type(await screen.findByLabelText('New password'), 'too short');
    await user.click(screen.getByRole('button', { name: 'Set the password and sign in' }));
    expect(screen.getByText('Choose a password that meets these rules.')).toBeVisible();
    expect(mock.requests).not.toContain('POST /api/v1/links/accept');
  });

  it('that was used says what to do', async () => {
    await renderApp('/link#gone.gone');
    expect(
      await screen.findByRole('heading', { name: 'This link does not work any more' }),
    ).toBeVisible();
  });
});

describe('a session that ended', () => {
  it('loses nothing that was typed', async () => {
    await signInAs(mock, 'alice');
    const user = await renderApp('/settings/profile');
    const name = await screen.findByLabelText('Name');
    await user.clear(name);
    await user.type(name, 'Alice M.');
    for (const session of mock.state.sessions) session.ended = true;
    await user.click(screen.getByRole('button', { name: 'Save' }));

    const dialog = await screen.findByRole('dialog', { name: 'Your session has ended' });
    await user.type(within(dialog).getByLabelText('Password'), PASSWORD);
    await user.click(within(dialog).getByRole('button', { name: 'Sign in' }));
    await waitFor(() => expect(mock.state.accounts[0].display_name).toBe('Alice M.'));
    expect(await screen.findByLabelText('Name')).toHaveValue('Alice M.');
  });

  it('can begin again at a provider, in another tab', async () => {
    await signInAs(mock, 'alice');
    const user = await renderApp('/settings/profile');
    const name = await screen.findByLabelText('Name');
    await user.type(name, ' B');
    for (const session of mock.state.sessions) session.ended = true;
    await user.click(screen.getByRole('button', { name: 'Save' }));
    const dialog = await screen.findByRole('dialog', { name: 'Your session has ended' });
    const link = await within(dialog).findByRole('link', {
      name: 'Sign in again with Example Corp',
    });
    expect(link).toHaveAttribute('target', '_blank');
    await user.click(within(dialog).getByRole('button', { name: 'I have signed in again' }));
    expect(await within(dialog).findByText(/not signed in yet/)).toBeVisible();
    // The other tab.
    await signInAs(mock, 'alice');
    await user.click(within(dialog).getByRole('button', { name: 'I have signed in again' }));
    await waitFor(() => expect(mock.state.accounts[0].display_name).toBe('Alice Moreau B'));
  });

  it('can be left alone', async () => {
    await signInAs(mock, 'alice');
    const user = await renderApp('/settings/profile');
    await user.type(await screen.findByLabelText('Name'), ' the Great');
    for (const session of mock.state.sessions) session.ended = true;
    await user.click(screen.getByRole('button', { name: 'Save' }));
    const dialog = await screen.findByRole('dialog', { name: 'Your session has ended' });
    await user.click(within(dialog).getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(screen.getByLabelText('Name')).toHaveValue('Alice Moreau the Great');
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
