import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { totp } from '../../mock/totp.mjs';
import { connection } from '../api';
import { installMock, type Mock, signInAs } from '../testing/mockFetch';
import { renderApp } from '../testing/renderApp';

let mock: Mock;
beforeEach(async () => {
  mock = installMock();
  localStorage.clear();
  await signInAs(mock, 'alice');
});

describe('going to another page', () => {
  it('takes the focus to its heading, and names the document', async () => {
    const user = await renderApp('/settings/profile');
    await user.click(await screen.findByRole('link', { name: 'Security' }));
    const heading = await screen.findByRole('heading', { level: 1, name: 'Security' });
    await waitFor(() => expect(heading).toHaveFocus());
    expect(document.title).toBe('Security · Latchkey');
    expect(screen.getByRole('link', { name: 'Security' })).toHaveAttribute('aria-current', 'page');
  });

  it('that does not exist says so', async () => {
    await renderApp('/settings/nothing');
    expect(await screen.findByRole('heading', { name: 'There is no such page' })).toBeVisible();
  });

  it('can skip the bars', async () => {
    const user = await renderApp('/settings/profile');
    await screen.findByRole('heading', { name: 'Profile' });
    await user.click(screen.getByRole('button', { name: 'Skip to content' }));
    expect(screen.getByRole('main')).toHaveFocus();
  });
});

describe('where policy wants a second step that the person has not', () => {
  it('every page leads to where it is set up', async () => {
    mock.state.policy.second_step_required = true;
    const user = await renderApp('/settings/security/api-tokens/new');
    await screen.findByRole('heading', { level: 1, name: 'One thing first' });
    await user.click(screen.getByRole('link', { name: 'Set up a second step' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Security' })).toBeVisible();
    expect(screen.getByText('Set up a second step')).toBeVisible();
  });

  it('the page is there again once it is set up, with what its address said', async () => {
    mock.state.policy.second_step_required = true;
    const user = await renderApp('/settings/security/api-tokens/new?name=Deploy');
    await user.click(await screen.findByRole('link', { name: 'Set up a second step' }));
    await user.click(await screen.findByRole('button', { name: 'Set up an authenticator app' }));
    const key = (await screen.findByText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/)).textContent ?? '';
    await user.type(
      screen.getByLabelText('Then enter the code that it shows'),
      totp(key.replaceAll(' ', ''), Date.now()),
    );
    await user.click(screen.getByRole('button', { name: 'Turn on' }));
    await user.click(await screen.findByRole('button', { name: 'I have saved them' }));
    expect(await screen.findByLabelText('Name')).toHaveValue('Deploy');
    expect(location.pathname).toBe('/settings/security/api-tokens/new');
  });

  it('leads to no other site afterwards', async () => {
    mock.state.policy.second_step_required = true;
    mock.state.accounts[0].totp = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    await renderApp('/settings/security?next=//example.org/');
    await screen.findByRole('heading', { level: 1, name: 'Security' });
    expect(screen.queryByRole('link', { name: 'Go on' })).toBeNull();
  });
});

describe('the top bar', () => {
  it('offers no sign-in beside a link that makes an account', async () => {
    mock = installMock();
    await renderApp('/link#gone.gone');
    await screen.findByRole('heading', { level: 1, name: 'This link does not work any more' });
    const bar = screen.getByRole('banner');
    expect(within(bar).queryByRole('link', { name: 'Sign in' })).toBeNull();
  });

  it('leads to the settings, and administrators to theirs', async () => {
    const user = await renderApp('/settings/profile');
    await user.click(await screen.findByRole('button', { name: 'Settings menu' }));
    const entries = (await screen.findAllByRole('menuitem')).map((entry) => entry.textContent);
    expect(entries).toEqual(['Account settings', 'Personal settings', 'Administration']);
  });

  it('changes the theme, for this device', async () => {
    const user = await renderApp('/settings/profile');
    await user.click(await screen.findByRole('button', { name: 'Account menu of Alice Moreau' }));
    await user.click(await screen.findByRole('menuitemradio', { name: 'Dark' }));
    expect(document.documentElement.dataset.theme).toBe('dark');
    expect(localStorage.getItem('latchkey-theme')).toBe('dark');
    delete document.documentElement.dataset.theme;
  });
});

describe('a lost connection', () => {
  it('is said, and the page goes on when it is back', async () => {
    mock.offline = true;
    const user = await renderApp('/settings/profile');
    expect(await screen.findByText(/The server cannot be reached/)).toBeVisible();
    mock.offline = false;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: 'Profile' })).toBeVisible();
    expect(screen.queryByText(/The server cannot be reached/)).toBeNull();
    act(() => connection.reportFound());
  });

  it('is said once where what was pressed says it', async () => {
    const user = await renderApp('/settings/profile');
    await user.type(await screen.findByLabelText('Name'), ' B');
    mock.offline = true;
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText(/unknown whether this was done/)).toBeVisible();
    expect(screen.queryByText(/nothing you typed is lost/)).toBeNull();
    mock.offline = false;
    act(() => connection.tryNow());
  });
});
