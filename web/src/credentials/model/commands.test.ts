import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { basicCredential } from './basic';
import { type CommandInput, commandsFor, shellQuote } from './commands';

const SECRET = 'lkat_9fK2mQ7LwXcB0d1e2F3g4H5i6J7k8L9mZ1WonnN';
const input: CommandInput = {
  kind: 'api-token',
  secret: SECRET,
  username: 'ana',
  publicUrl: 'https://api.latchkey.example/',
  gitUrl: 'https://latchkey.example:8443',
  repository: 'acme/website',
};
const appPassword: CommandInput = { ...input, kind: 'app-password' };

const textOf = (from: CommandInput, id: string): string => {
  const found = commandsFor(from).find((command) => command.id === id);
  if (!found) throw new Error(`no command ${id}`);
  return found.text;
};

describe('shellQuote', () => {
  it.each(['plain', "it's", '$HOME `id` "x" \\', "a'; rm -rf / #", ''])(
    'keeps %j one word',
    (text) => {
      const printed = execFileSync('sh', ['-c', `printf %s ${shellQuote(text)}`], {
        encoding: 'utf8',
      });
      expect(printed).toBe(text);
    },
  );
});

/** Programs of these names note their arguments, environment and input instead of working. */
describe('pasted into a shell', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'latchkey-commands-'));
    const note = `#!/bin/sh
{ echo "$(basename "$0") $*"; env | grep ^GIT_CONFIG_ | sort; } >> "$HOME/seen"
case "$*" in *approve*|*-K*) cat >> "$HOME/input";; *get-all*) exit 1;; esac
`;
    for (const name of ['git', 'curl']) writeFileSync(join(home, name), note, { mode: 0o755 });
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const run = (text: string) => {
    execFileSync('sh', ['-eu'], {
      input: `${text}\n`,
      env: { HOME: home, PATH: `${home}:/usr/bin:/bin` },
    });
    const read = (name: string) => {
      try {
        return readFileSync(join(home, name), 'utf8');
      } catch {
        return '';
      }
    };
    return { seen: read('seen'), input: read('input'), netrc: read('.netrc') };
  };

  it('clones with the header in the environment', () => {
    expect(run(textOf(input, 'git-clone')).seen.split('\n')).toEqual([
      'git clone https://latchkey.example:8443/acme/website.git',
      'GIT_CONFIG_COUNT=1',
      'GIT_CONFIG_KEY_0=http.https://latchkey.example:8443/.extraHeader',
      `GIT_CONFIG_VALUE_0=Authorization: Bearer ${SECRET}`,
      '',
    ]);
  });

  it('sends an app password as Basic with its username', () => {
    const encoded = basicCredential('ana', SECRET);
    expect(run(textOf(appPassword, 'git-clone')).seen).toContain(
      `Authorization: Basic ${encoded}\n`,
    );
  });

  it('sets a helper where there is none, and tells it the credential on standard input', () => {
    const { seen, input: given } = run(textOf(input, 'git-credential'));
    expect(seen).toContain('git config --global credential.helper cache --timeout=28800\n');
    expect(given).toBe(
      `protocol=https\nhost=latchkey.example:8443\nusername=x-token-auth\npassword=${SECRET}\n\n`,
    );
  });

  it('gives curl a file that it reads', () => {
    const { seen, input: given } = run(textOf(input, 'curl'));
    expect(seen).toBe('curl -sS -K - https://api.latchkey.example/api/v1/me\n');
    expect(given).toBe(`header = "Authorization: Bearer ${SECRET}"\n`);
    expect(run(textOf(appPassword, 'curl')).input).toContain(`user = "ana:${SECRET}"\n`);
  });

  it('adds to .netrc what only its owner may read', () => {
    writeFileSync(join(home, '.netrc'), 'machine other login a password b', { mode: 0o644 });
    expect(run(textOf(input, 'netrc')).netrc.split('\n')).toEqual([
      'machine other login a password b',
      `machine latchkey.example login x-token-auth password ${SECRET}`,
      `machine api.latchkey.example login x-token-auth password ${SECRET}`,
      '',
    ]);
    expect(statSync(join(home, '.netrc')).mode & 0o777).toBe(0o600);
  });

  it('makes an environment that git reads', () => {
    const text = `${textOf(input, 'environment')}\n git fetch`;
    expect(run(text).seen).toContain(`GIT_CONFIG_VALUE_0=Authorization: Bearer ${SECRET}\n`);
  });

  it.each(['git-clone', 'git-credential', 'curl', 'netrc', 'environment'])(
    'has no secret in the arguments of %s',
    (id) => {
      for (const from of [input, appPassword]) {
        const { seen } = run(textOf(from, id));
        const calls = seen.split('\n').filter((line) => !line.startsWith('GIT_CONFIG_'));
        expect(calls.join('\n')).not.toContain(SECRET);
      }
    },
  );

  it('quotes a repository of any name', () => {
    const { seen } = run(textOf({ ...input, repository: "/a b/c'$(id).git" }, 'git-clone'));
    expect(seen).toContain("clone https://latchkey.example:8443/a%20b/c'%24(id).git\n");
  });
});

describe('the files of pipelines', () => {
  it.each(['github-actions', 'gitlab-ci', 'jenkins'])('hold no secret: %s', (id) => {
    for (const from of [input, appPassword]) {
      const text = textOf(from, id);
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(basicCredential('ana', SECRET));
      expect(text).toContain('latchkey.example:8443/acme/website.git');
    }
  });

  it('name the variable that the note tells to set', () => {
    for (const from of [input, appPassword]) {
      for (const command of commandsFor(from).filter((entry) => entry.language === 'yaml')) {
        const variable = /LATCHKEY_[A-Z]+/.exec(command.note)?.[0];
        expect(command.text).toContain(variable);
      }
    }
  });

  it('are YAML without plain scalars that hold a colon and a space', () => {
    for (const id of ['github-actions', 'gitlab-ci']) {
      const plain = textOf(input, id)
        .split('\n')
        .filter((line) => /^\s*(- )?[\w-]+: [^'|]*: /.test(line));
      expect(plain).toEqual([]);
    }
  });
});

it('always holds something to paste before a repository is named', () => {
  expect(textOf({ ...input, repository: '' }, 'git-clone')).toContain('/workspace/repository.git');
});
