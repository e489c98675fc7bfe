// App passwords: for clients that know a username and a password, and no second step.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, copied, createPassword, openPasswordForm } from './support/credentials.mjs';
import { ADMIN, openWindow, setUp, signIn, withBrowser } from './support/session.mjs';
import { makeRepository, Shell } from './support/shell.mjs';
import { setUpTotp } from './support/totp.mjs';

test('an app password works in its commands, and asks for no second step', () =>
  withBrowser('app-password', async ({ server, browser, page }) => {
    const shell = await Shell.open();
    try {
      await setUp({ server, page });
      const repository = await makeRepository(server, shell, ADMIN.username);
      await setUpTotp(page);
      await openPasswordForm(page);
      const password = await createPassword(page, 'Old build server', [
        /^Write repositories/,
        /^See the account/,
      ]);
      assert.match(password, /^lkap_\w+$/);
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Repository').fill(repository);

      const clone = await shell.run(await command(page, 'git clone'));
      assert.equal(clone.code, 0, clone.stderr);
      const me = JSON.parse(await shell.output(await command(page, 'curl')));
      assert.equal(me.account.username, ADMIN.username);
      const url = `${server.url}/${repository}.git`;
      const push = "echo more >> README.md && git commit -qam 'More' && git push -q origin main";
      await shell.output(
        `${await command(page, 'Environment')}\n git clone -q '${url}' && cd website && ${push}`,
      );
      await shell.output(await command(page, 'git credential'));
      await shell.output(`git clone -q '${url}'`);
      await shell.output(
        'git credential-cache exit; git config --global --unset credential.helper',
      );
      await shell.output(await command(page, '.netrc'));
      await shell.output(`git clone -q '${url}' && curl -fsSn '${server.url}/2.0/user'`);
      const basic = Buffer.from(await copied(page, 'Copy the Base64 credential'), 'base64');
      assert.equal(basic.toString(), `${ADMIN.username}:${password}`);

      // The account itself does have one.
      const { page: fresh } = await openWindow(browser, server);
      await signIn(fresh);
      await fresh.getByLabel('Code of your authenticator app').waitFor();
    } finally {
      await shell.close();
    }
  }));

test('the link of a refusal ticks the permission that an app password lacks', () =>
  withBrowser('app-password-refused', async ({ server, page }) => {
    const shell = await Shell.open();
    try {
      await setUp({ server, page });
      const repository = await makeRepository(server, shell, ADMIN.username);
      await openPasswordForm(page);
      await createPassword(page, 'Reads only', [/^Read repositories/]);
      const reader = await command(page, 'Environment');
      await page.getByRole('button', { name: 'Done', exact: true }).click();

      const url = `${server.url}/${repository}.git`;
      const clone = await shell.run(`${reader}\n git clone -q '${url}'`);
      assert.equal(clone.code, 0, clone.stderr);
      const commit = "echo more >> README.md && git commit -qam 'More'";
      await shell.output(`cd website && ${commit}`, clone.folder);
      const push = 'cd website && git push -q origin main';
      const refused = await shell.run(`${reader}\n ${push}`, clone.folder);
      const [link] = /http:\S+\/settings\/\S+/.exec(refused.stderr) ?? [];
      assert.ok(link, refused.stderr);

      await page.goto(link);
      await page.getByText('A link filled in this form').waitFor();
      assert.ok(await page.getByRole('checkbox', { name: /^Write repositories/ }).isChecked());
      await createPassword(page, 'Pushes', []);
      await shell.output(`${await command(page, 'Environment')}\n ${push}`, clone.folder);
    } finally {
      await shell.close();
    }
  }));
