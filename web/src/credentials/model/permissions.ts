// Permissions of app passwords: some imply others, and what those imply in turn.

import type { Group, PermissionEntry } from './catalogue';
import { groupEntries } from './catalogue';

/** For each permission that `chosen` brings along without naming it: the chosen one that does. */
export function impliedBy(
  permissions: readonly PermissionEntry[],
  chosen: ReadonlySet<string>,
): Map<string, PermissionEntry> {
  const byName = new Map(permissions.map((permission) => [permission.name, permission]));
  const implied = new Map<string, PermissionEntry>();
  for (const source of permissions) {
    if (!chosen.has(source.name)) continue;
    const waiting = [...source.implies];
    const seen = new Set([source.name]);
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      if (!implied.has(name)) implied.set(name, source);
      waiting.push(...(byName.get(name)?.implies ?? []));
    }
  }
  return implied;
}

/** What to ask the server for: `chosen` without what the rest of it implies anyway. */
export function withoutImplied(
  permissions: readonly PermissionEntry[],
  chosen: ReadonlySet<string>,
): string[] {
  const implied = impliedBy(permissions, chosen);
  return permissions
    .filter((permission) => chosen.has(permission.name) && !implied.has(permission.name))
    .map((permission) => permission.name);
}

export const LEVELS = ['read', 'write', 'admin', 'delete'] as const;
export type Level = (typeof LEVELS)[number];

export const LEVEL_TITLES: Readonly<Record<Level, string>> = {
  read: 'Read',
  write: 'Write',
  admin: 'Admin',
  delete: 'Delete',
};

/**
 * The column that a permission stands in. One without a level reads, unless it stands alone and
 * what it gives writes: `wiki` and `webhook` have no weaker form.
 */
export function levelOf(permission: PermissionEntry, all: readonly PermissionEntry[]): Level {
  const [resource, level] = permission.name.split(':');
  if (level === 'write' || level === 'admin' || level === 'delete') return level;
  if (level !== undefined) return 'admin';
  const alone = !all.some((other) => other.name === `${resource}:write`);
  const writes = permission.scopes.some((scope) => scope.startsWith('write:'));
  return alone && writes ? 'write' : 'read';
}

export interface PermissionRow {
  title: string;
  cells: Record<Level, PermissionEntry[]>;
}

/** The table that a person ticks in: one row a group, one column a level. */
export function permissionTable(permissions: readonly PermissionEntry[]): PermissionRow[] {
  return groupEntries(permissions).map((group: Group<PermissionEntry>) => {
    const cells: PermissionRow['cells'] = { read: [], write: [], admin: [], delete: [] };
    for (const permission of group.entries) {
      cells[levelOf(permission, permissions)].push(permission);
    }
    return { title: group.title, cells };
  });
}
