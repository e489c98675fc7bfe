// What is looked at on every screen, whichever server is behind it.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export const SIZES = { desktop: { width: 1280, height: 860 }, phone: { width: 360, height: 740 } };

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

/** Waits until nothing of the page moves any more. */
export async function settled(page) {
  await page.evaluate(() => document.fonts.ready);
  // On a touch screen a dialog waits until the keyboard has opened.
  await page.waitForFunction(
    () => getComputedStyle(document.querySelector('.veil') ?? document.body).opacity === '1',
  );
}

/** What axe-core finds, and whether the page or its dialog scrolls sideways. */
export async function faults(page) {
  const sideways = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('.veil')].some(
      (part) => part.scrollWidth > part.clientWidth,
    ),
  );
  return [...(sideways ? ['the page scrolls sideways'] : []), ...(await axe(page))];
}

async function axe(page) {
  // Puts axe where the page's own policy does not reach.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => {
    // While a modal dialog is open, everything else is hidden on purpose, headings and landmarks too.
    const modal = document.querySelector('.veil') !== null;
    const rules = Object.fromEntries(
      ['landmark-one-main', 'page-has-heading-one', 'region'].map((id) => [
        id,
        { enabled: !modal },
      ]),
    );
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    return globalThis.axe.run(document, { runOnly: tags, rules });
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      (node) =>
        `axe ${id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`,
    ),
  );
}
