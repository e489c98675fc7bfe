// All script of a folder of built pages, compressed as a browser gets it, must stay below the limit.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMIT_KB = 250;
const assets = join(process.argv[2] ?? 'dist', 'assets');

const kilobytes = (ending) =>
  readdirSync(assets)
    .filter((name) => name.endsWith(ending))
    .reduce(
      (sum, name) => sum + gzipSync(readFileSync(join(assets, name)), { level: 9 }).length,
      0,
    ) / 1000;

const script = kilobytes('.js');
console.log(
  `script: ${script.toFixed(1)} kB gzip of ${LIMIT_KB} kB; style: ${kilobytes('.css').toFixed(1)} kB gzip`,
);
if (script > LIMIT_KB) {
  console.error(`size: the script is larger than ${LIMIT_KB} kB`);
  process.exit(1);
}
