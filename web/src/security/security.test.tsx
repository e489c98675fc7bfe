import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../mock/state.mjs';
import { totp } from '../../mock/totp.mjs';
import { installMock, type Mock, signInAs } from '../testing/mockFetch';
import { renderApp } from '../testing/renderApp';

let mock: Mock;
beforeEach(async () => {
  mock = installMock();
  await signInAs(mock, 'alice');
});

const alice = () => mock.state.accounts[0];

describe('the authenticator app', () => {
  it('is on after its first code, and shows the recovery codes once', async () => {
    const user = await renderApp('/settings/security');
    await user.click(await screen.findByRole('button', { name: 'Set up an authenticator app' }));
    const dialog = await screen.findByRole('dialog', { name: 'Set up an authenticator app' });
    const key = within(dialog).getByText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/).textContent ?? '';
    expect(within(dialog).getByRole('img', { name: /QR code/ })).toHaveAttribute(
      'src',
      expect.stringMatching(/^data:image\/svg\+xml,/),
    );
    await user.type(
      within(dialog).getByLabelText('Then enter the code that it shows'),
      totp(key.replaceAll(' ', ''), Date.now()),
    );
    await user.click(within(dialog).getByRole('button', { name: 'Turn on' }));

    const codes = await screen.findByRole('list', { name: 'Recovery codes' });
    expect(within(codes).getAllByRole('listitem')).toHaveLength(10);
    const first = within(codes).getAllByRole('listitem')[0]?.textContent ?? '';
    await user.keyboard('{Escape}');
    expect(screen.getByRole('list', { name: 'Recovery codes' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'I have saved them' }));
    await waitFor(() => expect(document.body.textContent).not.toContain(first));
    expect(await screen.findByText('10 left')).toBeVisible();
  });

  it('is removed after a question', async () => {
    alice().totp = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    const user = await renderApp('/settings/security');
    await user.click(await screen.findByRole('button', { name: 'Remove the authenticator app' }));
    expect(alice().totp).not.toBeNull();
    const question = await screen.findByRole('alertdialog');
    await user.click(within(question).getByRole('button', { name: 'Remove' }));
    await waitFor(() => expect(alice().totp).toBeNull());
    expect(await screen.findByText('Authenticator app removed')).toBeVisible();
  });
});

describe('the password', () => {
  it('is changed with the current one, and other sessions end', async () => {
    const user = await renderApp('/settings/security');
    await user.click(await screen.findByRole('button', { name: 'Change password' }));
    const dialog = await screen.findByRole('dialog', { name: 'Change password' });
    await user.type(within(dialog).getByLabelText('Current password'), PASSWORD);
    await user.type(within(dialog).getByLabelText('New password'), 'four unrelated words');
    await user.click(within(dialog).getByRole('button', { name: 'Change password' }));
    await waitFor(() => expect(alice().password).toBe('four unrelated words'));
    expect(mock.state.sessions[0].ended).toBe(true);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('that was stolen elsewhere is refused in words', async () => {
    const user = await renderApp('/settings/security');
    await user.click(await screen.findByRole('button', { name: 'Change password' }));
    const dialog = await screen.findByRole('dialog', { name: 'Change password' });
    await user.type(within(dialog).getByLabelText('Current password'), PASSWORD);
    await user.type(within(dialog).getByLabelText('New password'), 'passwordpassword');
    await user.click(within(dialog).getByRole('button', { name: 'Change password' }));
    expect(await within(dialog).findByText(/stolen passwords. Choose/)).toBeVisible();
    expect(within(dialog).getByLabelText('New password')).toBeInvalid();
  });

  it('is not changed by whoever does not know it', async () => {
    const user = await renderApp('/settings/security');
    await user.click(await screen.findByRole('button', { name: 'Change password' }));
    const dialog = await screen.findByRole('dialog', { name: 'Change password' });
    await user.type(within(dialog).getByLabelText('Current password'), 'a guess');
    await user.type(within(dialog).getByLabelText('New password'), 'four unrelated words');
    await user.click(within(dialog).getByRole('button', { name: 'Change password' }));
    expect(await within(dialog).findByText('The current password is not right.')).toBeVisible();
    expect(within(dialog).getByLabelText('Current password')).toBeInvalid();
    expect(alice().password).toBe(PASSWORD);
  });
});

describe('a change that needs a proof', () => {
  it('asks for it and goes on', async () => {
    const user = await renderApp('/settings/security');
    const button = await screen.findByRole('button', { name: 'Set up an authenticator app' });
    for (const session of mock.state.sessions) session.proofUntil = 0;
    await user.click(button);
    const dialog = await screen.findByRole('dialog', { name: 'Confirm that it is you' });
    await user.type(within(dialog).getByLabelText('Password'), 'wrong');
    await user.click(within(dialog).getByRole('button', { name: 'Confirm' }));
    expect(await within(dialog).findByRole('alert')).toHaveTextContent('That is not right');
    await user.clear(within(dialog).getByLabelText('Password'));
    await user.type(within(dialog).getByLabelText('Password'), PASSWORD);
    await user.click(within(dialog).getByRole('button', { name: 'Confirm' }));
    expect(
      await screen.findByRole('dialog', { name: 'Set up an authenticator app' }),
    ).toBeVisible();
  });
});

describe('an account that signs in with a provider', () => {
  it('proves itself there, in another tab', async () => {
    alice().password = null;
    const user = await renderApp('/settings/security');
    const button = await screen.findByRole('button', { name: 'Set up an authenticator app' });
    for (const session of mock.state.sessions) session.proofUntil = 0;
    await user.click(button);
    const dialog = await screen.findByRole('dialog', { name: 'Confirm that it is you' });
    const link = await within(dialog).findByRole('link', {
      name: 'Sign in again with Example Corp',
    });
    expect(link).toHaveAttribute('target', '_blank');
    for (const session of mock.state.sessions) session.proofUntil = Date.now() + 60000;
    await user.click(within(dialog).getByRole('button', { name: 'I have signed in again' }));
    expect(
      await screen.findByRole('dialog', { name: 'Set up an authenticator app' }),
    ).toBeVisible();
  });
});

describe('sessions', () => {
  it('names this one first, and ends another', async () => {
    const user = await renderApp('/settings/security');
    const section = await screen.findByRole('region', { name: 'Sessions' });
    const entries = await within(section).findAllByRole('listitem');
    expect(entries[0]).toHaveTextContent('Chromium on Linux');
    expect(entries[0]).toHaveTextContent('This one');
    await user.click(screen.getByRole('button', { name: 'End session Safari on iPhone' }));
    await waitFor(() => expect(within(section).queryByText('Safari on iPhone')).toBeNull());
  });

  it('shows a hostile name as text', async () => {
    mock.state.sessions[0].name = '<img src=x onerror=alert(1)>';
    await renderApp('/settings/security');
    expect(await screen.findByText('<img src=x onerror=alert(1)>')).toBeVisible();
    expect(document.querySelector('img[src="x"]')).toBeNull();
  });
});
