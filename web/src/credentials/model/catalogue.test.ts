import { describe, expect, it } from 'vitest';
import { commonFirst, groupEntries, inOrder, scopeParts, searchEntries } from './catalogue';
import { catalogue } from './fixture';

describe('groupEntries', () => {
  it('keeps the order of groups and entries', () => {
    const groups = groupEntries(catalogue.scopes);
    expect(groups.map((group) => group.title)).toEqual([
      'Account',
      'Repositories',
      'Pull requests',
      'Credentials',
    ]);
    expect(groups[1]?.entries.map((entry) => entry.name)).toEqual([
      'read:repository:bitbucket',
      'write:repository:bitbucket',
      'delete:repository:bitbucket',
    ]);
  });

  it('has a name for entries without a group', () => {
    const [group] = groupEntries([{ name: 'x', title: 'X', description: '', group: '' }]);
    expect(group?.title).toBe('Other');
  });
});

describe('commonFirst', () => {
  it('puts repositories, pull requests and the account before the rest, which keeps its order', () => {
    const entries = [
      'read:account',
      'read:workspace:b',
      'read:project:b',
      'read:repository:b',
      'read:pullrequest:b',
      'run',
    ].map((name) => ({ name, title: name, description: '', group: name }));
    expect(commonFirst(groupEntries(entries)).map((group) => group.title)).toEqual([
      'read:repository:b',
      'read:pullrequest:b',
      'read:account',
      'read:workspace:b',
      'read:project:b',
      'run',
    ]);
  });
});

describe('searchEntries', () => {
  it('finds every word in any member and any letter case', () => {
    const found = searchEntries(catalogue.scopes, '  PULL write ');
    expect(found.map((scope) => scope.name)).toEqual(['write:pullrequest:bitbucket']);
  });

  it('finds all for nothing, and nothing for nonsense', () => {
    expect(searchEntries(catalogue.scopes, ' ')).toHaveLength(catalogue.scopes.length);
    expect(searchEntries(catalogue.scopes, 'nonsense')).toEqual([]);
  });
});

describe('scopeParts', () => {
  it('reads action and resource', () => {
    expect(scopeParts('write:repository:bitbucket')).toEqual({
      action: 'write',
      resource: 'repository',
    });
    expect(scopeParts('read:me')).toEqual({ action: 'read', resource: 'me' });
  });

  it.each(['repo', 'openid', 'push:things', 'read:'])('knows nothing of %s', (name) => {
    expect(scopeParts(name)).toBeUndefined();
  });
});

describe('inOrder', () => {
  it('sorts, and leaves out repetitions and strangers', () => {
    const names = ['write:repository:bitbucket', 'read:user:bitbucket', 'x', 'read:user:bitbucket'];
    expect(inOrder(catalogue.scopes, names)).toEqual([
      'read:user:bitbucket',
      'write:repository:bitbucket',
    ]);
  });
});
