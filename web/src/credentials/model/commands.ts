// Ready commands for a new credential, each right as pasted into a POSIX shell, or into the file
// that it is for.
//
// No secret stands in a command's arguments, where other users of the machine could read it: it goes
// through standard input or the environment. Each shell command starts with a space, which keeps it
// out of the history of shells that are set so (HISTCONTROL=ignoreboth, as Debian has it).

import { basicCredential } from './basic';
import type { CredentialKind } from './presented';

export interface CommandInput {
  kind: CredentialKind;
  secret: string;
  /** The account's username: what an app password is sent with. */
  username: string;
  /** Where REST and git are reached, as the server says; no path after git's host is assumed. */
  publicUrl: string;
  gitUrl: string;
  /** `workspace/repository`; what the person typed. */
  repository: string;
}

export interface Command {
  id: string;
  title: string;
  /** Where it goes and what to know before. */
  note: string;
  /** What is copied. */
  text: string;
  language: 'shell' | 'yaml' | 'groovy';
  /** Whether the secret stands in it. */
  secret: boolean;
}

export const TOKEN_USER = 'x-token-auth';
const REPOSITORY = 'workspace/repository';

/** One word of a POSIX shell (XCU 2.2.2), whatever `text` holds. */
export const shellQuote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A value between double quotes in a file for curl's -K. */
const curlQuote = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

const yamlQuote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const groovyQuote = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;

const trimSlash = (url: string): string => url.replace(/\/+$/, '');

/** A here-document whose text the shell leaves as it is. */
function heredoc(command: string, lines: string[]): string {
  return [` ${command} <<'EOF'`, ...lines, 'EOF'].join('\n');
}

interface Facts {
  user: string;
  host: string;
  protocol: string;
  hostNames: string[];
  gitBase: string;
  cloneUrl: string;
  authorization: string;
}

function factsOf(input: CommandInput): Facts {
  const token = input.kind === 'api-token';
  const user = token ? TOKEN_USER : input.username;
  const gitBase = trimSlash(input.gitUrl);
  const url = new URL(gitBase);
  const repository = (input.repository || REPOSITORY).replace(/^\/+|\/+$|\.git$/g, '');
  const path = repository.split('/').map(encodeURIComponent).join('/');
  const hostNames = [...new Set([url.hostname, new URL(input.publicUrl).hostname])];
  return {
    user,
    host: url.host,
    protocol: url.protocol.replace(':', ''),
    hostNames,
    gitBase,
    cloneUrl: `${gitBase}/${path}.git`,
    authorization: token
      ? `Authorization: Bearer ${input.secret}`
      : `Authorization: Basic ${basicCredential(user, input.secret)}`,
  };
}

const configKey = (facts: Facts): string => `http.${facts.gitBase}/.extraHeader`;

function gitClone(facts: Facts): Command {
  return {
    id: 'git-clone',
    title: 'git clone',
    note: 'Clones once. Git is told by the environment, asks nothing and stores nothing.',
    text: [
      ' GIT_CONFIG_COUNT=1 \\',
      `GIT_CONFIG_KEY_0=${shellQuote(configKey(facts))} \\`,
      `GIT_CONFIG_VALUE_0=${shellQuote(facts.authorization)} \\`,
      `git clone ${shellQuote(facts.cloneUrl)}`,
    ].join('\n'),
    language: 'shell',
    secret: true,
  };
}

function gitCredential(facts: Facts, secret: string): Command {
  const approve = heredoc('git credential approve', [
    `protocol=${facts.protocol}`,
    `host=${facts.host}`,
    `username=${facts.user}`,
    `password=${secret}`,
    '',
  ]);
  return {
    id: 'git-credential',
    title: 'git credential',
    note: 'Hands it to git’s credential helper, so that git asks no more. Without a helper, the first line sets up the one that remembers in memory for eight hours.',
    text: [
      "git config --get-all credential.helper > /dev/null || git config --global credential.helper 'cache --timeout=28800'",
      approve,
    ].join('\n'),
    language: 'shell',
    secret: true,
  };
}

function curl(facts: Facts, input: CommandInput): Command {
  const line =
    input.kind === 'api-token'
      ? `header = ${curlQuote(facts.authorization)}`
      : `user = ${curlQuote(`${facts.user}:${input.secret}`)}`;
  return {
    id: 'curl',
    title: 'curl',
    note: 'Asks who you are. curl reads the credential from standard input, not from its arguments.',
    text: heredoc(`curl -sS -K - ${shellQuote(`${trimSlash(input.publicUrl)}/api/v1/me`)}`, [line]),
    language: 'shell',
    secret: true,
  };
}

function netrc(facts: Facts, secret: string): Command {
  const machines = facts.hostNames.map(
    (host) => `machine ${host} login ${facts.user} password ${secret}`,
  );
  return {
    id: 'netrc',
    title: '.netrc',
    note: 'For git, curl -n and Python’s requests. An older line for the same machine comes first: remove it.',
    // The empty line ends a last line that nobody ended.
    text: `${heredoc('(umask 077; cat >> ~/.netrc)', ['', ...machines])}\n chmod 600 ~/.netrc`,
    language: 'shell',
    secret: true,
  };
}

/** In a pipeline the secret is a variable: which one, what to put into it, and the header from it. */
interface PipelineSecret {
  variable: string;
  what: string;
  header: (reference: string) => string;
}

function pipelineSecret(kind: CredentialKind): PipelineSecret {
  if (kind === 'api-token') {
    return {
      variable: 'LATCHKEY_TOKEN',
      what: 'the token',
      header: (reference) => `Authorization: Bearer ${reference}`,
    };
  }
  return {
    variable: 'LATCHKEY_BASIC',
    what: 'the Base64 credential',
    header: (reference) => `Authorization: Basic ${reference}`,
  };
}

function gitHubActions(facts: Facts, secret: PipelineSecret): Command {
  const header = secret.header(`\${{ secrets.${secret.variable} }}`);
  return {
    id: 'github-actions',
    title: 'GitHub Actions',
    note: `First save ${secret.what} as the repository’s secret ${secret.variable} (Settings → Secrets and variables → Actions). This is a whole workflow file.`,
    text: [
      'name: clone',
      'on: push',
      'jobs:',
      '  clone:',
      '    runs-on: ubuntu-latest',
      '    steps:',
      '      - name: Clone',
      '        env:',
      "          GIT_CONFIG_COUNT: '1'",
      `          GIT_CONFIG_KEY_0: ${yamlQuote(configKey(facts))}`,
      `          GIT_CONFIG_VALUE_0: ${yamlQuote(header)}`,
      '        run: |',
      `          git clone ${shellQuote(facts.cloneUrl)}`,
    ].join('\n'),
    language: 'yaml',
    secret: false,
  };
}

function gitLabCi(facts: Facts, secret: PipelineSecret): Command {
  return {
    id: 'gitlab-ci',
    title: 'GitLab CI',
    note: `First save ${secret.what} as the masked and protected variable ${secret.variable} (Settings → CI/CD → Variables). This is a whole .gitlab-ci.yml.`,
    text: [
      'clone:',
      '  script:',
      '    - |',
      '      export GIT_CONFIG_COUNT=1',
      `      export GIT_CONFIG_KEY_0=${shellQuote(configKey(facts))}`,
      `      export GIT_CONFIG_VALUE_0="${secret.header(`$${secret.variable}`)}"`,
      `      git clone ${shellQuote(facts.cloneUrl)}`,
    ].join('\n'),
    language: 'yaml',
    secret: false,
  };
}

function jenkins(facts: Facts, kind: CredentialKind): Command {
  const what = kind === 'api-token' ? 'the token' : 'the app password';
  return {
    id: 'jenkins',
    title: 'Jenkins',
    note: `First add a credential of the kind “Username with password” and the ID latchkey: username ${facts.user}, password ${what}. This is a whole Jenkinsfile; it needs the Git plugin.`,
    text: [
      'pipeline {',
      '  agent any',
      '  stages {',
      "    stage('Clone') {",
      '      steps {',
      "        withCredentials([gitUsernamePassword(credentialsId: 'latchkey')]) {",
      `          sh ${groovyQuote(`git clone ${shellQuote(facts.cloneUrl)}`)}`,
      '        }',
      '      }',
      '    }',
      '  }',
      '}',
    ].join('\n'),
    language: 'groovy',
    secret: false,
  };
}

function environment(facts: Facts): Command {
  return {
    id: 'environment',
    title: 'Environment',
    note: 'Environment only: for every git command of this shell and of what it starts. Nothing is written to a disk.',
    text: [
      ' export GIT_CONFIG_COUNT=1',
      ` export GIT_CONFIG_KEY_0=${shellQuote(configKey(facts))}`,
      ` export GIT_CONFIG_VALUE_0=${shellQuote(facts.authorization)}`,
    ].join('\n'),
    language: 'shell',
    secret: true,
  };
}

export function commandsFor(input: CommandInput): Command[] {
  const facts = factsOf(input);
  const inPipeline = pipelineSecret(input.kind);
  return [
    gitClone(facts),
    gitCredential(facts, input.secret),
    curl(facts, input),
    netrc(facts, input.secret),
    gitHubActions(facts, inPipeline),
    gitLabCi(facts, inPipeline),
    jenkins(facts, input.kind),
    environment(facts),
  ];
}
