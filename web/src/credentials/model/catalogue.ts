// An app's vocabulary, as GET /api/v1/catalogue/{app} answers it, and what the pages make of it.

export interface ScopeEntry {
  name: string;
  title: string;
  description: string;
  group: string;
}

export interface PermissionEntry extends ScopeEntry {
  implies: string[];
  scopes: string[];
}

export interface Catalogue {
  app: string;
  title: string;
  scopes: ScopeEntry[];
  permissions: PermissionEntry[];
}

export interface Group<T> {
  title: string;
  entries: T[];
}

/** Entries under their resource, both in the catalogue's order. */
export function groupEntries<T extends ScopeEntry>(entries: readonly T[]): Group<T>[] {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const group = groups.get(entry.group);
    if (group) group.push(entry);
    else groups.set(entry.group, [entry]);
  }
  return [...groups].map(([title, members]) => ({ title: title || 'Other', entries: members }));
}

const COMMON: readonly string[][] = [['repository'], ['pullrequest'], ['user', 'account', 'me']];

/** Groups of scopes that most tokens are made for come first; the others keep the catalogue's order. */
export function commonFirst<T extends ScopeEntry>(groups: readonly Group<T>[]): Group<T>[] {
  const rank = (group: Group<T>): number => {
    const resource = scopeParts(group.entries[0]?.name ?? '')?.resource ?? '';
    const place = COMMON.findIndex((resources) => resources.includes(resource));
    return place < 0 ? COMMON.length : place;
  };
  return [...groups].sort((left, right) => rank(left) - rank(right));
}

/** Those entries in which every word of `query` occurs somewhere, in any letter case. */
export function searchEntries<T extends ScopeEntry>(entries: readonly T[], query: string): T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((entry) => {
    const text =
      `${entry.name}\n${entry.title}\n${entry.description}\n${entry.group}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export type Action = 'read' | 'write' | 'admin' | 'delete';

export interface ScopeParts {
  action: Action;
  resource: string;
}

/** `write:repository:bitbucket` is `write` on `repository`; undefined for scopes of another form. */
export function scopeParts(name: string): ScopeParts | undefined {
  const [action, resource] = name.split(':');
  if (!resource) return undefined;
  if (action === 'read' || action === 'write' || action === 'admin' || action === 'delete') {
    return { action, resource };
  }
  return undefined;
}

/** `names` in the catalogue's order, each once, without those that it lacks. */
export function inOrder(entries: readonly ScopeEntry[], names: Iterable<string>): string[] {
  const wanted = new Set(names);
  return entries.filter((entry) => wanted.has(entry.name)).map((entry) => entry.name);
}
