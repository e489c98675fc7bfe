import type { Catalogue } from './catalogue';

/** Scopes that a common job needs. The wizard offers those that the app's catalogue has whole. */
export interface Preset {
  id: string;
  title: string;
  description: string;
  scopes: string[];
}

const PRESETS: readonly Preset[] = [
  {
    id: 'git-read',
    title: 'Git: read',
    description: 'Clone and fetch.',
    scopes: ['read:repository:bitbucket'],
  },
  {
    id: 'git-push',
    title: 'Git: push',
    description: 'Clone, fetch and push.',
    scopes: ['read:repository:bitbucket', 'write:repository:bitbucket'],
  },
  {
    id: 'renovate',
    title: 'Renovate',
    description: 'Find repositories, push branches and open pull requests.',
    scopes: [
      'read:user:bitbucket',
      'read:workspace:bitbucket',
      'read:repository:bitbucket',
      'write:repository:bitbucket',
      'read:pullrequest:bitbucket',
      'write:pullrequest:bitbucket',
    ],
  },
  {
    id: 'jenkins',
    title: 'Jenkins',
    description: 'Find, clone and build repositories, and set up webhooks.',
    scopes: [
      'read:user:bitbucket',
      'read:workspace:bitbucket',
      'read:project:bitbucket',
      'read:repository:bitbucket',
      'read:pullrequest:bitbucket',
      'read:webhook:bitbucket',
      'write:webhook:bitbucket',
    ],
  },
  {
    id: 'sourcetree',
    title: 'Sourcetree',
    description: 'List, clone and push repositories from a desktop client.',
    scopes: [
      'read:user:bitbucket',
      'read:workspace:bitbucket',
      'read:repository:bitbucket',
      'write:repository:bitbucket',
    ],
  },
  {
    id: 'manage-credentials',
    title: 'Manage credentials',
    description: 'Let a script list, create and revoke your credentials.',
    scopes: ['read:credential:latchkey', 'write:credential:latchkey'],
  },
];

export function presetsFor(catalogue: Catalogue): Preset[] {
  const known = new Set(catalogue.scopes.map((scope) => scope.name));
  return PRESETS.filter((preset) => preset.scopes.every((scope) => known.has(scope)));
}

/** Whether `selected` is exactly what the preset ticks. */
export function isPreset(preset: Preset, selected: ReadonlySet<string>): boolean {
  return (
    preset.scopes.length === selected.size && preset.scopes.every((scope) => selected.has(scope))
  );
}
