// One picture a screen: light and dark, on a desktop and on a phone, side by side.

import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { SIZES } from '../../../web/tools/look.mjs';

const run = promisify(execFile);
const HEIGHT = 480;
const GAP = 12;
const BYTES_MAX = 60_000;

const widthOf = ({ width, height }) => Math.round((width * HEIGHT) / height);

/** Writes `looks`, a map from theme and size to a PNG, as one small PNG. */
export async function writeSheet(browser, path, looks) {
  const width = widthOf(SIZES.desktop) + widthOf(SIZES.phone) + 3 * GAP;
  const page = await browser.newPage({ viewport: { width, height: 2 * HEIGHT + 3 * GAP } });
  const pictures = ['light', 'dark'].flatMap((theme) =>
    ['desktop', 'phone'].map((size) => {
      const bytes = looks.get(`${theme} ${size}`).toString('base64');
      const { width, height } = { width: widthOf(SIZES[size]), height: HEIGHT };
      return `<img width=${width} height=${height} src="data:image/png;base64,${bytes}">`;
    }),
  );
  await page.setContent(
    `<style>body{margin:${GAP}px;background:#8a8f98;display:flex;flex-wrap:wrap;gap:${GAP}px}
     img{display:block}</style>${pictures.join('')}`,
  );
  await page.evaluate(() => Promise.all([...document.images].map((image) => image.decode())));
  await writeFile(path, await page.screenshot());
  await page.close();
  await shrink(path);
}

/** As many colours as fit into the size: a third of the bytes, and no difference that matters. */
export async function shrink(path) {
  const bytes = await readFile(path);
  for (const colours of [64, 32, 16]) {
    await writeFile(path, bytes);
    await run('pngquant', [
      '--force',
      '--strip',
      '--speed',
      '1',
      '--output',
      path,
      String(colours),
      path,
    ]);
    if ((await stat(path)).size <= BYTES_MAX) return;
  }
}
