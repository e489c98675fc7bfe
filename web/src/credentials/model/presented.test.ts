import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPresented } from './presented';

const TOKEN = 'lkat_9fK2mQ7LwXcB0d1e2F3g4H5i6J7k8L9mZ1WonnN';

/** The vectors that every implementation of the format is held to. */
const folder = join(__dirname, '../../../../testdata/credentials');
const vectors = readdirSync(folder)
  .filter((name) => name.startsWith('accept_'))
  .map((name) => {
    const members = readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .map((line) => /^(\w+): (.*)$/.exec(line)?.slice(1) ?? []);
    return { name, ...(Object.fromEntries(members) as { text: string; kind: string; id: string }) };
  });

describe('findPresented', () => {
  it.each(vectors)('reads $name', ({ text, kind, id }) => {
    expect(findPresented(text)).toEqual({ id, kind, whole: true });
  });

  it.each([
    ` ${TOKEN}\n`,
    `https://x-token-auth:${TOKEN}@host/w/r.git`,
    `machine host login x-token-auth password ${TOKEN}`,
    `Authorization: Bearer ${TOKEN}`,
  ])('finds it within %j', (text) => {
    expect(findPresented(text)).toEqual({ id: '9fK2mQ7LwXc', kind: 'api-token', whole: true });
  });

  it.each([TOKEN.slice(0, -1), `${TOKEN.slice(0, -1)}0`, `${TOKEN}A`, TOKEN.slice(0, 16)])(
    'knows the id of %s, which is not whole',
    (text) => {
      expect(findPresented(text)).toMatchObject({ id: '9fK2mQ7LwXc', whole: false });
    },
  );

  it.each(['', 'deploy', '9fK2mQ7LwXc', 'chat_log', 'combat_training', 'lkat_short'])(
    'finds none in %j',
    (text) => {
      expect(findPresented(text)).toBeUndefined();
    },
  );
});
