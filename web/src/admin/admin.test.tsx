import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { credentialsOf } from '../../mock/data/stores.mjs';
import { installMock, type Mock, signInAs } from '../testing/mockFetch';
import { renderApp } from '../testing/renderApp';

let mock: Mock;
beforeEach(async () => {
  mock = installMock();
  await signInAs(mock, 'alice');
});

const rows = () => screen.getAllByRole('row').slice(1);

it('is closed to people who are no administrators', async () => {
  await signInAs(mock, 'carol');
  await renderApp('/admin/accounts');
  expect(await screen.findByText('This page is for administrators')).toBeVisible();
  expect(mock.requests.filter((request) => request.includes('/admin/'))).toEqual([]);
});

describe('accounts', () => {
  it('invites a person, and shows the link once where nobody mails it', async () => {
    mock.state.mail = false;
    const user = await renderApp('/admin/accounts');
    await user.click(await screen.findByRole('button', { name: 'Invite a person' }));
    await user.type(screen.getByLabelText('E-mail'), 'dana@example.com');
    await user.type(screen.getByLabelText('Username'), 'dana');
    await user.click(screen.getByRole('button', { name: 'Invite' }));
    const dialog = await screen.findByRole('dialog', { name: 'Hand over this link' });
    expect(within(dialog).getByText(/\/link#/)).toBeVisible();
    await user.click(within(dialog).getByRole('button', { name: 'Done' }));
    const row = await screen.findByRole('row', { name: /dana@example.com/ });
    expect(within(row).getByText('Invited')).toBeVisible();
    expect(document.documentElement.innerHTML).not.toContain('/link#');
  });

  it('suspends after a question, and resumes without one', async () => {
    const user = await renderApp('/admin/accounts');
    const act = async (entry: string) => {
      await user.click(await screen.findByRole('button', { name: 'Actions for Bob Okafor' }));
      await user.click(await screen.findByRole('menuitem', { name: entry }));
    };
    await act('Suspend…');
    await user.click(await screen.findByRole('button', { name: 'Suspend' }));
    const row = () => screen.getByRole('row', { name: /Bob Okafor/ });
    await waitFor(() => expect(within(row()).getByText('Suspended')).toBeVisible());
    await act('Resume');
    await waitFor(() => expect(within(row()).getByText('Active')).toBeVisible());
  });

  it('says why an administrator cannot suspend the own account', async () => {
    const user = await renderApp('/admin/accounts');
    await user.click(await screen.findByRole('button', { name: 'Actions for Alice Moreau' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Suspend…' }));
    await user.click(await screen.findByRole('button', { name: 'Suspend' }));
    expect(await screen.findByText(/ask another administrator/)).toBeVisible();
  });
});

describe('service accounts', () => {
  it('get a token by the same wizard, which names them', async () => {
    const user = await renderApp('/admin/service-accounts/acc0000000000009/new-token');
    await user.type(await screen.findByLabelText('Name'), 'Deploy');
    await user.click(screen.getByRole('button', { name: 'Next' }));
    await user.click(await screen.findByRole('radio', { name: /Bitbucket/ }));
    await user.click(screen.getByRole('button', { name: 'Next' }));
    await user.click(await screen.findByRole('button', { name: 'Git: read' }));
    await user.click(screen.getByRole('button', { name: 'Next' }));
    expect(await screen.findByText('deploy-bot@example.com')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Create token' }));
    expect((await screen.findByLabelText('Token')).textContent).toMatch(/^lkat_/);
    expect(credentialsOf(mock).records.at(-1)).toMatchObject({ account: 'deploy-bot' });
  });
});

describe('every credential', () => {
  it('is filtered by the server, and revoked with a reason', async () => {
    const user = await renderApp('/admin/credentials?account=acc0000000000002');
    expect(await screen.findByText('Only those of Bob Okafor')).toBeVisible();
    await waitFor(() => expect(rows()).toHaveLength(10));
    await user.click(screen.getByRole('button', { name: 'Show all accounts' }));
    await waitFor(() => expect(rows().length).toBeGreaterThan(20));
    expect(location.search).toBe('');
    await user.click(screen.getAllByRole('button', { name: /^Actions for/ })[1] as HTMLElement);
    await user.click(await screen.findByRole('menuitem', { name: 'Revoke' }));
    const dialog = await screen.findByRole('alertdialog');
    await user.type(within(dialog).getByLabelText(/Reason/), 'Audit');
    await user.click(within(dialog).getByRole('button', { name: 'Revoke' }));
    await waitFor(() => {
      const reasons = credentialsOf(mock).records.map(
        (entry: { revoke_reason?: string }) => entry.revoke_reason,
      );
      expect(reasons).toContain('Audit');
    });
  });
});

describe('policies', () => {
  it('refuse what the settings do not allow, and are saved as a whole', async () => {
    const user = await renderApp('/admin/policies');
    const longest = await screen.findByLabelText(/Longest life/);
    await user.clear(longest);
    await user.type(longest, '400');
    expect(screen.getByText('Enter a whole number from 1 to 366, or nothing.')).toBeVisible();
    await user.clear(longest);
    await user.type(longest, '180');
    await user.click(screen.getByRole('switch', { name: /create app passwords/ }));
    await user.click(screen.getByRole('button', { name: 'Save policies' }));
    await waitFor(() => expect(mock.state.policy.app_passwords).toBe(false));
    expect(mock.state.policy.token_lifetime_max_s).toBe(180 * 86_400);
    expect(await screen.findByText('Policies saved')).toBeVisible();
  });
});

describe('the audit log', () => {
  it('filters, pages, and exports what is filtered', async () => {
    const user = await renderApp('/admin/audit');
    await waitFor(() => expect(rows()).toHaveLength(100));
    await user.click(screen.getByRole('button', { name: 'Show earlier changes' }));
    await waitFor(() => expect(rows()).toHaveLength(200));
    await user.click(screen.getByRole('button', { name: /^What|Every change/ }));
    await user.click(await screen.findByRole('option', { name: 'Policies' }));
    await waitFor(() =>
      expect(rows().every((row) => row.textContent?.includes('Changed the policies'))).toBe(true),
    );
    const href = screen.getByRole('link', { name: 'Export CSV' }).getAttribute('href');
    expect(href).toContain('/api/v1/admin/changes/export?format=csv&action=policy.');
  });

  it('says what was done in words, and shows the server’s own word for what it does not know', async () => {
    const user = await renderApp('/admin/audit');
    await screen.findAllByRole('button', { name: 'thing.done' });
    await user.click(screen.getAllByRole('button', { name: 'Changed the policies' })[0] as Element);
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByText('policy.set')).toBeVisible();
  });
});

it('shows apps with their scopes, and how the server does', async () => {
  const user = await renderApp('/admin/apps');
  await user.click(await screen.findByRole('button', { name: 'Show scopes of Build service' }));
  expect(await screen.findByText('builds.run')).toBeVisible();
});

it('shows how the server does', async () => {
  await renderApp('/admin/health');
  expect(await screen.findByText('1 day 2 hours')).toBeVisible();
  expect(screen.getByText('No alarms')).toBeVisible();
});
