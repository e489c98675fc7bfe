// The catalogues that the server has built in, read from their files, so that the mock offers
// exactly the real scopes and permissions.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** As much of TOML as those files use: tables in arrays, texts, and lists of texts. */
function readCatalogue(path) {
  const catalogue = { app: '', title: '', scopes: [], permissions: [] };
  let target = catalogue;
  const text = readFileSync(path, 'utf8').replaceAll(
    /\[\n([^\]]*)\]/g,
    (_all, items) => `[${items.replaceAll('\n', ' ')}]`,
  );
  for (const line of text.split('\n')) {
    const table = /^\[\[(scope|permission)\]\]$/.exec(line)?.[1];
    if (table) {
      target = table === 'scope' ? {} : { implies: [], scopes: [] };
      catalogue[`${table}s`].push(target);
    } else if (/^\[/.test(line)) {
      target = {};
    } else {
      const [, name, value] = /^(\w+) = (.*)$/.exec(line) ?? [];
      if (name) target[name] = JSON.parse(value.replace(/,\s*\]$/, ']'));
    }
  }
  return catalogue;
}

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../catalogues');
const latchkey = readCatalogue(join(folder, 'latchkey.toml'));
const bitbucket = readCatalogue(join(folder, 'bitbucket.toml'));
bitbucket.scopes.push(...latchkey.scopes);

/** An app as an operator adds one: OAuth scopes of any form, and no app passwords. */
const builds = {
  app: 'builds',
  title: 'Build service',
  scopes: [
    {
      name: 'builds.view',
      title: 'See builds',
      description: 'Read builds and their logs.',
      group: 'Builds',
    },
    {
      name: 'builds.run',
      title: 'Run builds',
      description: 'Start and cancel builds.',
      group: 'Builds',
    },
    {
      name: 'artifacts.fetch',
      title: 'Fetch artifacts',
      description: 'Download what builds made.',
      group: 'Artifacts',
    },
    ...latchkey.scopes,
  ],
  permissions: [],
};

export const catalogues = [bitbucket, builds, latchkey];
export const findCatalogue = (app) => catalogues.find((catalogue) => catalogue.app === app);
