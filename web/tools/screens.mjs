// Pictures of every screen, light and dark, phone and desktop, from the built pages and the mock; with
// each, what axe-core finds and whether anything broke the policy or scrolls sideways.
//
//   node tools/screens.mjs [--only TEXT] [--quick]     --quick: light desktop and dark phone only

import { mkdirSync, readdirSync } from 'node:fs';
import { createMock } from '../mock/app.mjs';
import { startServer } from '../mock/server.mjs';
import { launch, watch } from './browser.mjs';
import { faults, SIZES, settled } from './look.mjs';

const only = process.argv.includes('--only')
  ? process.argv[process.argv.indexOf('--only') + 1]
  : '';
const quick = process.argv.includes('--quick');
const output = new URL('../screens/', import.meta.url).pathname;
const LOOKS = quick
  ? [
      ['light', 'desktop'],
      ['dark', 'phone'],
    ]
  : ['light', 'dark'].flatMap((theme) => Object.keys(SIZES).map((size) => [theme, size]));

async function picture(browser, scene, theme, size) {
  const mock = createMock();
  const server = await startServer(mock);
  const origin = `http://localhost:${server.address().port}`;
  const context = await browser.newContext({
    viewport: SIZES[size],
    colorScheme: theme,
    reducedMotion: 'reduce',
    baseURL: origin,
    hasTouch: size === 'phone',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const findings = watch(page);
  try {
    await scene.run({ page, mock, origin });
    await settled(page);
    if (scene.whole) await page.evaluate(() => scrollTo(0, 0));
    findings.push(...(await faults(page)));
    await page.screenshot({
      path: `${output}${scene.name}-${theme}-${size}.png`,
      fullPage: scene.whole ?? false,
    });
  } catch (error) {
    findings.push(error.message.split('\n').slice(0, 12).join('\n   '));
    await page
      .screenshot({ path: `${output}${scene.name}-${theme}-${size}-FAILED.png` })
      .catch(() => {});
  }
  await context.close();
  server.close();
  return findings;
}

mkdirSync(output, { recursive: true });
const folder = new URL('./scenes/', import.meta.url);
const scenes = [];
for (const name of readdirSync(folder).sort())
  scenes.push(...(await import(new URL(name, folder).href)).default);

const browser = await launch();
let failed = 0;
for (const scene of scenes.filter(({ name }) => name.includes(only))) {
  for (const [theme, size] of LOOKS) {
    const findings = await picture(browser, scene, theme, size);
    failed += findings.length;
    console.log(`${findings.length ? 'FAIL' : 'ok  '} ${scene.name} ${theme} ${size}`);
    for (const finding of new Set(findings)) console.log(`     ${finding}`);
  }
}
await browser.close();
console.log(`${failed} findings; pictures in screens/`);
process.exit(failed ? 1 : 0);
