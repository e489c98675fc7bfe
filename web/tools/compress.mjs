// Puts FILE.gz and FILE.br beside each file of a folder that is worth it. Run by `npm run build`.

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const WORTH_IT = /\.(html|js|css|svg|json|webmanifest|txt)$/;
const SIZE_MIN = 512;

function* filesOf(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesOf(path);
    else yield path;
  }
}

for (const path of [...filesOf(process.argv[2])]) {
  if (/\.(gz|br)$/.test(path)) rmSync(path);
}
for (const path of [...filesOf(process.argv[2])]) {
  if (!WORTH_IT.test(path)) continue;
  const bytes = readFileSync(path);
  if (bytes.length < SIZE_MIN) continue;
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${path}.br`, brotli);
}
