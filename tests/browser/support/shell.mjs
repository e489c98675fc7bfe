// A shell with real git and curl, and a repository for them.

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where somebody pastes what a page showed: a home of its own, no terminal, no settings of others. */
export class Shell {
  static async open() {
    const shell = new Shell();
    shell.home = await mkdtemp(join(tmpdir(), 'latchkey-shell-'));
    shell.folders = 0;
    return shell;
  }

  /** Runs `text` in a new folder, or in `folder`. */
  async run(text, folder) {
    const cwd = folder ?? join(this.home, `work${this.folders++}`);
    await mkdir(cwd, { recursive: true });
    const child = spawn('bash', ['-s'], {
      cwd,
      env: {
        PATH: process.env.PATH,
        HOME: this.home,
        LC_ALL: 'C.UTF-8',
        GIT_TERMINAL_PROMPT: '0',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_AUTHOR_NAME: 'Maria',
        GIT_AUTHOR_EMAIL: 'maria@example.com',
        GIT_COMMITTER_NAME: 'Maria',
        GIT_COMMITTER_EMAIL: 'maria@example.com',
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (bytes) => {
      stdout += bytes;
    });
    child.stderr.on('data', (bytes) => {
      stderr += bytes;
    });
    child.stdin.end(`${text}\n`);
    const code = await new Promise((resolve) => child.once('exit', resolve));
    return { code, stdout, stderr, folder: cwd };
  }

  /** Runs `text`, which must succeed; returns its standard output. */
  async output(text, folder) {
    const { code, stdout, stderr } = await this.run(text, folder);
    if (code !== 0) throw new Error(`the shell ended with ${code}: ${stderr}`);
    return stdout;
  }

  read(name) {
    return readFile(join(this.home, name), 'utf8');
  }

  async close() {
    await this.run('git credential-cache exit');
    await rm(this.home, { recursive: true, force: true });
  }
}

/** Makes the workspace `acme` with `member` in it, and its repository `website` with one commit. */
export async function makeRepository(server, shell, member) {
  await server.cli('workspace', 'create', 'acme');
  await server.cli('workspace', 'grant', 'acme', member, 'write');
  const { path } = JSON.parse(await server.cli('repo', 'create', 'acme/website', '--json'));
  await shell.output(`
    set -e
    git init -q -b main first && cd first
    echo '# Website' > README.md && git add README.md && git commit -qm 'First commit'
    git push -q '${path.startsWith('/') ? path : join(server.data, path)}' main:main`);
  return 'acme/website';
}
