import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { mint } from '../../../mock/data/mint.mjs';
import { credentialsOf } from '../../../mock/data/stores.mjs';
import { installMock, type Mock, signInAs } from '../../testing/mockFetch';
import { renderApp } from '../../testing/renderApp';

const LIST = '/settings/security/api-tokens';
let mock: Mock;
beforeEach(async () => {
  mock = installMock();
  await signInAs(mock, 'alice');
});

const rows = () => screen.getAllByRole('row').slice(1);
const search = () => screen.getByLabelText(/^Search by name/);

describe('the list of API tokens', () => {
  it('shows what each token is, and no secret', async () => {
    await renderApp(LIST);
    const row = await screen.findByRole('row', { name: /Laptop 10/ });
    expect(within(row).getByText('Active')).toBeVisible();
    expect(within(row).getByText('+5')).toBeVisible();
    expect(within(row).getByText(/git\/2.39.5 from 198/)).toBeVisible();
  });

  it('offers to create the first one', async () => {
    await signInAs(mock, 'carol');
    await renderApp(LIST);
    expect(await screen.findByText('No API tokens yet')).toBeVisible();
    expect(screen.getAllByRole('link', { name: /Create API token/ })[0]).toBeVisible();
  });

  it.each(['paste', 'typing'])(
    'looks for the public id of a secret that came by %s, and keeps nothing of it',
    async (way) => {
      const user = await renderApp(LIST);
      await screen.findAllByRole('row');
      const target = credentialsOf(mock).list('api-token', 'alice')[3];
      const secret: string = mint('api-token', target.id);
      await user.click(search());
      if (way === 'paste') await user.paste(`Authorization: Bearer ${secret}`);
      else fireEvent.change(search(), { target: { value: secret } });
      expect(search()).toHaveValue(target.id);
      await waitFor(() => expect(rows()).toHaveLength(1));
      expect(screen.getByText(/neither sent nor kept/)).toBeVisible();
      expect(document.documentElement.innerHTML).not.toContain(secret);
      expect(mock.requests.join('\n')).not.toContain(secret);
    },
  );

  it('says where a secret of the other kind belongs', async () => {
    const user = await renderApp(LIST);
    await screen.findAllByRole('row');
    await user.click(search());
    await user.paste(mint('app-password', '9fK2mQ7LwXc'));
    expect(screen.getByText(/is an app password/)).toBeVisible();
  });

  it('filters by state, and clears search and filters when nothing is left', async () => {
    const user = await renderApp(LIST);
    await screen.findAllByRole('row');
    await user.click(screen.getByRole('button', { name: /All states/ }));
    await user.click(await screen.findByRole('option', { name: 'Revoked' }));
    await waitFor(() => expect(rows()).toHaveLength(3));
    await user.type(search(), 'nothing like it');
    await user.click(await screen.findByRole('button', { name: 'Clear search and filters' }));
    await waitFor(() => expect(rows().length).toBeGreaterThan(10));
  });

  it('sorts by a column, and says which way', async () => {
    const user = await renderApp(LIST);
    await screen.findAllByRole('row');
    await user.click(screen.getByRole('button', { name: 'Name' }));
    const head = screen.getByRole('columnheader', { name: 'Name' });
    expect(head).toHaveAttribute('aria-sort', 'ascending');
    expect(rows()[0]).toHaveTextContent('Backup script');
    await user.click(screen.getByRole('button', { name: 'Name' }));
    expect(rows()[0]).toHaveTextContent('Sourcetree');
  });

  it('revokes one with a reason', async () => {
    const user = await renderApp(LIST);
    await user.click(await screen.findByRole('button', { name: 'Actions for Laptop 10' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Revoke' }));
    const dialog = await screen.findByRole('alertdialog', { name: 'Revoke “Laptop 10”?' });
    await user.type(within(dialog).getByLabelText(/Reason/), 'Stolen');
    await user.click(within(dialog).getByRole('button', { name: 'Revoke' }));
    const row = await screen.findByRole('row', { name: /Laptop 10/ });
    await waitFor(() => expect(within(row).getByText('Revoked')).toBeVisible());
    const record = credentialsOf(mock).records.find(
      (entry: { name: string }) => entry.name === 'Laptop 10',
    );
    expect(record).toMatchObject({ revoke_reason: 'Stolen' });
  });

  it('revokes several, and only those that are seen', async () => {
    const user = await renderApp(LIST);
    await screen.findAllByRole('row');
    await user.click(screen.getByRole('checkbox', { name: 'Select all that can be revoked' }));
    expect(screen.getByText('20 selected')).toBeVisible();
    await user.type(search(), 'Laptop');
    await waitFor(() => expect(rows()).toHaveLength(3));
    expect(screen.queryByText(/selected/)).toBeNull();
    await user.click(screen.getByRole('checkbox', { name: 'Select all that can be revoked' }));
    await user.click(screen.getByRole('button', { name: 'Revoke' }));
    await user.click(await screen.findByRole('button', { name: /^Revoke \d/ }));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(rows().every((row) => row.textContent?.includes('Revoked'))).toBe(true);
  });

  it('renames one in its details', async () => {
    const user = await renderApp(LIST);
    await user.click(await screen.findByRole('button', { name: 'Laptop 10' }));
    const name = await screen.findByLabelText('Name');
    await user.clear(name);
    await user.type(name, 'Old laptop');
    await user.click(screen.getByRole('button', { name: 'Rename' }));
    expect(await screen.findByRole('dialog', { name: 'Old laptop' })).toBeVisible();
  });
});

it('keeps few rows in the document, however many there are', async () => {
  credentialsOf(mock).fill('carol', { 'api-token': 3000 });
  await signInAs(mock, 'carol');
  await renderApp(LIST);
  expect(await screen.findByText('3,000 entries')).toBeVisible();
  expect(screen.getByRole('table')).toHaveAttribute('aria-rowcount', '3001');
  expect(rows().length).toBeLessThan(200);
});
