// API tokens from the settings to a shell: real git and curl run what the page gives to copy, as it is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  command,
  copied,
  createToken,
  fillWizard,
  next,
  openWizard,
  TOKENS,
} from './support/credentials.mjs';
import { ADMIN, setUp, withBrowser } from './support/session.mjs';
import { makeRepository, Shell } from './support/shell.mjs';

/** A signed-in administrator, a repository that is his, and a shell. */
const withShell = (name, run) =>
  withBrowser(name, async (window) => {
    const shell = await Shell.open();
    try {
      await setUp(window);
      const repository = await makeRepository(window.server, shell, ADMIN.username);
      await run({ ...window, shell, repository });
    } finally {
      await shell.close();
    }
  });

const pushLine = "echo more >> README.md && git commit -qam 'More' && git push -q origin main";

test('a token made by the wizard works in every command that its page shows', () =>
  withShell('token-commands', async ({ server, page, shell, repository }) => {
    await openWizard(page);
    await fillWizard(page, {
      name: 'CI: website',
      preset: 'Git: push',
      scopes: ['read:user:bitbucket'],
    });
    const token = await createToken(page);
    assert.match(token, /^lkat_\w+$/);
    await page.getByLabel('Repository').fill(repository);

    const clone = await shell.run(await command(page, 'git clone'));
    assert.equal(clone.code, 0, clone.stderr);
    assert.match(await shell.output('cat website/README.md', clone.folder), /# Website/);

    const me = JSON.parse(await shell.output(await command(page, 'curl')));
    assert.equal(me.account.username, ADMIN.username);

    const environment = await command(page, 'Environment');
    const url = `${server.url}/${repository}.git`;
    await shell.output(`${environment}\n git clone -q '${url}' && cd website && ${pushLine}`);

    await shell.output(await command(page, 'git credential'));
    await shell.output(`git clone -q '${url}' && cd website && ${pushLine}`);
    await shell.output('git credential-cache exit; git config --global --unset credential.helper');

    await shell.output(await command(page, '.netrc'));
    await shell.output(`git clone -q '${url}' && curl -fsSn '${server.url}/2.0/user'`);
    assert.equal(await shell.output('stat -c %a ~/.netrc; rm ~/.netrc'), '600\n');
    assert.notEqual((await shell.run(`git clone -q '${url}'`)).code, 0);

    for (const title of ['GitHub Actions', 'GitLab CI', 'Jenkins']) {
      assert.ok(!(await command(page, title)).includes(token), title);
    }
    for (const label of ['Copy the whole header', 'Copy the Bearer header']) {
      const header = await copied(page, label);
      const answer = await shell.output(
        `curl -sS -o /dev/null -w '%{http_code}' -H '${header}' '${server.url}/2.0/user'`,
      );
      assert.equal(answer, '200', label);
    }
    const basic = Buffer.from(await copied(page, 'Copy the Base64 credential'), 'base64');
    assert.equal(basic.toString(), `${ADMIN.email}:${token}`);
  }));

test('the link of a refusal opens the wizard with the scope ticked, and what it makes passes', () =>
  withShell('token-refused', async ({ server, page, shell, repository }) => {
    await openWizard(page);
    await fillWizard(page, { name: 'Reads only', preset: 'Git: read' });
    await createToken(page);
    const reader = await command(page, 'Environment');
    await page.getByRole('button', { name: 'Done', exact: true }).click();

    const url = `${server.url}/${repository}.git`;
    const clone = await shell.run(`${reader}\n git clone -q '${url}'`);
    assert.equal(clone.code, 0, clone.stderr);
    const refused = await shell.run(`${reader}\n cd website && ${pushLine}`, clone.folder);
    assert.notEqual(refused.code, 0);
    const [link] = /http:\S+\/settings\/\S+/.exec(refused.stderr) ?? [];
    assert.ok(link, refused.stderr);

    await page.goto(link);
    await page.getByText('A link filled in this form').waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Pushes');
    await next(page);
    await next(page);
    const scope = page.getByRole('checkbox', { name: 'write:repository:bitbucket' });
    assert.ok(await scope.isChecked());
    await next(page);
    await createToken(page);
    const writer = await command(page, 'Environment');
    await shell.output(`${writer}\n cd website && git push -q origin main`, clone.folder);
  }));

test('the API refuses for a missing scope too, and its link leads to a token that passes', () =>
  withShell('token-refused-by-api', async ({ server, page, shell }) => {
    await openWizard(page);
    await fillWizard(page, { name: 'Reads only', preset: 'Git: read' });
    const poor = await createToken(page);
    await page.getByRole('button', { name: 'Done', exact: true }).click();

    const ask = (token) =>
      fetch(`${server.url}/api/v1/api-tokens`, { headers: { Authorization: `Bearer ${token}` } });
    const refused = await ask(poor);
    assert.equal(refused.status, 403);
    const problem = await refused.json();
    assert.ok(problem.make_one?.startsWith(server.url), JSON.stringify(problem));

    await page.goto(problem.make_one);
    await page.getByLabel('Name', { exact: true }).fill('Lists credentials');
    await next(page);
    await next(page);
    assert.ok(await page.getByRole('checkbox', { name: 'read:credential:latchkey' }).isChecked());
    await next(page);
    const token = await createToken(page);
    assert.equal((await ask(token)).status, 200);

    const user = `curl -sS -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer ${poor}'`;
    assert.equal(await shell.output(`${user} '${server.url}/2.0/user'`), '403');
  }));

test('leaving before copying asks once, and a revoked token is refused', () =>
  withShell('token-revoked', async ({ server, page, shell, repository }) => {
    await openWizard(page);
    await fillWizard(page, { name: 'Old laptop', preset: 'Git: read' });
    await page.getByRole('button', { name: 'Create token' }).click();
    await page.getByRole('button', { name: 'Done', exact: true }).click();
    await page.getByText('Leave without copying').waitFor();
    await page.getByRole('button', { name: 'Stay and copy' }).click();
    const environment = await command(page, 'Environment');
    await page.getByRole('button', { name: 'Done', exact: true }).click();
    await page.waitForURL(`**${TOKENS}`);

    const list = `${environment}\n git ls-remote '${server.url}/${repository}.git'`;
    await shell.output(list);
    await page.getByRole('button', { name: 'Actions for Old laptop' }).click();
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    await page.getByLabel('Reason').fill('The laptop was lost.');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Revoked 1').waitFor();
    assert.notEqual((await shell.run(list)).code, 0);
  }));
