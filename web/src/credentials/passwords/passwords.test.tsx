import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { credentialsOf } from '../../../mock/data/stores.mjs';
import { installMock, type Mock, signInAs } from '../../testing/mockFetch';
import { renderApp } from '../../testing/renderApp';
import { basicCredential } from '../model/basic';

const NEW = '/settings/personal/app-passwords/new';
let mock: Mock;
beforeEach(async () => {
  mock = installMock();
  await signInAs(mock, 'alice');
});

describe('a new app password', () => {
  it('ticks what a permission implies, and asks for the strongest alone', async () => {
    const user = await renderApp(NEW);
    await user.type(await screen.findByLabelText('Name'), 'Old server');
    await user.click(await screen.findByRole('checkbox', { name: /^Write pull requests/ }));
    const implied = screen.getByRole('checkbox', { name: /^Read repositories/ });
    expect(implied).toBeChecked();
    expect(implied).toBeDisabled();
    expect(screen.getAllByText('Comes with “Write pull requests”')).toHaveLength(3);

    await user.click(screen.getByRole('button', { name: 'Create' }));
    const dialog = await screen.findByRole('dialog', { name: 'New app password' });
    const secret = within(dialog).getByLabelText('App password').textContent ?? '';
    expect(secret).toMatch(/^lkap_[0-9A-Za-z]{39}$/);
    expect(within(dialog).getByText(basicCredential('alice', secret))).toBeVisible();
    expect(credentialsOf(mock).records.at(-1)).toMatchObject({
      name: 'Old server',
      permissions: ['pullrequest:write'],
      expires_at: null,
    });

    await user.click(within(dialog).getByRole('button', { name: 'Copy the app password' }));
    await user.click(within(dialog).getByRole('button', { name: 'Done' }));
    expect(await screen.findByRole('heading', { name: 'App passwords' })).toBeVisible();
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(document.documentElement.innerHTML).not.toContain(secret);
  });

  it('is ticked by a link, which creates nothing', async () => {
    await renderApp(`${NEW}?permissions=repository:write`);
    expect(await screen.findByRole('checkbox', { name: /^Write repositories/ })).toBeChecked();
    expect(screen.getByText('A link filled in this form')).toBeVisible();
    expect(mock.requests).not.toContain('POST /api/v1/app-passwords');
  });

  it('says what is missing', async () => {
    const user = await renderApp(NEW);
    await screen.findByRole('checkbox', { name: /^Write pull requests/ });
    await user.click(screen.getByRole('button', { name: 'Create' }));
    expect(screen.getByText(/Enter a name/)).toBeVisible();
    expect(screen.getByText('Tick at least one permission.')).toBeVisible();
    expect(mock.requests).not.toContain('POST /api/v1/app-passwords');
  });

  it('cannot be made where an administrator turned them off', async () => {
    mock.state.policy.app_passwords = false;
    await renderApp(NEW);
    expect(await screen.findByText(/turned app passwords off/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Create' })).toBeNull();
  });
});
