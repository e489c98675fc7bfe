// What is usually missing. No scope implies another, so a token that may push but not read is easily
// made, and of little use.

import { type ScopeEntry, scopeParts } from './catalogue';

export interface MissingCompanion {
  /** The scope to add. */
  scope: ScopeEntry;
  /** One sentence for the person. */
  reason: string;
}

/** Resources whose clients also read another one first. */
const ALSO_READ: Readonly<Record<string, string>> = { pullrequest: 'repository' };

const ACTION_WORDS = { read: 'reads', write: 'writes', admin: 'administers', delete: 'deletes' };

/** The companions that `selected` lacks and the catalogue has, in the catalogue's order. */
export function missingCompanions(
  scopes: readonly ScopeEntry[],
  selected: ReadonlySet<string>,
): MissingCompanion[] {
  const chosen = scopes.filter((scope) => selected.has(scope.name));
  if (chosen.length === 0) return [];
  const reasons = new Map<string, string>();
  const want = (action: string, resource: string, suffix: string, reason: string) => {
    const name = [action, resource, ...(suffix ? [suffix] : [])].join(':');
    if (!selected.has(name) && !reasons.has(name)) reasons.set(name, reason);
  };
  for (const scope of chosen) {
    const parts = scopeParts(scope.name);
    if (!parts) continue;
    const suffix = scope.name.split(':').slice(2).join(':');
    if (parts.action !== 'read') {
      const verb = ACTION_WORDS[parts.action];
      want('read', parts.resource, suffix, `“${scope.title}” ${verb} and does not read.`);
    }
    const also = ALSO_READ[parts.resource];
    if (also) want('read', also, suffix, `Clients that use “${scope.title}” read it as well.`);
  }
  const user = scopes.find((scope) => /^read:user(:|$)/.test(scope.name));
  if (user && !selected.has(user.name) && !isForGit(chosen) && needsUser(chosen, user)) {
    reasons.set(user.name, 'Most clients first ask whose token it is.');
  }
  return scopes.flatMap((scope) => {
    const reason = reasons.get(scope.name);
    return reason === undefined ? [] : [{ scope, reason }];
  });
}

/** What git itself needs, and no client that asks whose token it is: reading and writing repositories. */
function isForGit(chosen: readonly ScopeEntry[]): boolean {
  return chosen.every((scope) => {
    const parts = scopeParts(scope.name);
    return parts?.resource === 'repository' && ['read', 'write'].includes(parts.action);
  });
}

/** Scopes of another app, such as Latchkey's own, need no user of this one. */
function needsUser(chosen: readonly ScopeEntry[], user: ScopeEntry): boolean {
  const suffix = user.name.split(':').slice(2).join(':');
  return chosen.some((scope) => scope.name.split(':').slice(2).join(':') === suffix);
}
