// Every screen of the real server, light and dark, on a desktop and on a phone: axe-core finds nothing,
// nothing breaks the policy, nothing scrolls sideways. With LATCHKEY_PICTURES=FOLDER it keeps pictures.

import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { faults, SIZES, settled } from '../../web/tools/look.mjs';
import { shrink, writeSheet } from './support/pictures.mjs';
import { furnish, SCREENS } from './support/screens.mjs';
import { Server } from './support/server.mjs';
import { openWindow, withBrowser } from './support/session.mjs';

const folder = process.env.LATCHKEY_PICTURES;
const ALL_LOOKS = ['light', 'dark'].flatMap((theme) =>
  Object.keys(SIZES).map((size) => ({ theme, size })),
);
/** Each theme and each size once, which shows what either breaks; all of them where pictures are kept. */
const LOOKS = folder
  ? ALL_LOOKS
  : ALL_LOOKS.filter(({ theme, size }) => (theme === 'light') === (size === 'desktop'));

/** Of the README. */
const SHOWN = { name: 'wizard-4', theme: 'light', size: 'desktop' };

async function look(browser, site, screen, { theme, size }) {
  const states = { maria: site.state, ana: site.stateOfAna };
  const { context, page, findings } = await openWindow(browser, site.server, {
    viewport: SIZES[size],
    colorScheme: theme,
    hasTouch: size === 'phone',
    ...(states[screen.who] ? { storageState: states[screen.who] } : {}),
  });
  let picture;
  try {
    await screen.run(page, site);
    await settled(page);
    findings.push(...(await faults(page)));
    picture = await page.screenshot();
  } catch (error) {
    findings.push(error.message.split('\n').slice(0, 8).join('\n'));
    await page.screenshot({ path: `.local/browser/${screen.name}-${theme}-${size}.png` });
  }
  await context.close();
  return { findings: findings.map((text) => `${screen.name} ${theme} ${size}: ${text}`), picture };
}

async function write(browser, name, looks) {
  await writeSheet(browser, join(folder, `${name}.png`), looks);
  if (name !== SHOWN.name) return;
  const path = join(folder, 'wizard-last-step.png');
  await writeFile(path, looks.get(`${SHOWN.theme} ${SHOWN.size}`));
  await shrink(path);
}

test('no screen has a fault that axe-core finds', (context) =>
  withBrowser('screens', async (window) => {
    const site = await furnish(window);
    const fresh = await Server.start();
    site.setUpLink = await fresh.setUpLink();
    if (folder) await mkdir(folder, { recursive: true });
    const all = [];
    for (const screen of SCREENS) {
      const looks = new Map();
      for (const each of LOOKS) {
        const { findings, picture } = await look(window.browser, site, screen, each);
        all.push(...findings);
        looks.set(`${each.theme} ${each.size}`, picture);
      }
      if (folder && [...looks.values()].every(Boolean)) {
        await write(window.browser, screen.name, looks);
      }
    }
    await fresh.stop();
    assert.deepEqual(all, []);
    context.diagnostic(`${SCREENS.length} screens in ${LOOKS.length} looks`);
  }));
