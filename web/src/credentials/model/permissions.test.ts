import { describe, expect, it } from 'vitest';
import { catalogue } from './fixture';
import { impliedBy, permissionTable, withoutImplied } from './permissions';

const { permissions } = catalogue;

describe('impliedBy', () => {
  it('follows implications of implications', () => {
    const implied = impliedBy(permissions, new Set(['pullrequest:write']));
    expect([...implied.keys()].sort()).toEqual(['pullrequest', 'repository', 'repository:write']);
    expect(implied.get('repository')?.name).toBe('pullrequest:write');
  });

  it('implies nothing of administration', () => {
    expect(impliedBy(permissions, new Set(['repository:admin'])).size).toBe(0);
  });

  it('ends where permissions imply each other', () => {
    const [one] = permissions;
    if (!one) throw new Error('the fixture is empty');
    const ring = [
      { ...one, name: 'a', implies: ['b'] },
      { ...one, name: 'b', implies: ['a'] },
    ];
    expect([...impliedBy(ring, new Set(['a'])).keys()]).toEqual(['b']);
  });
});

describe('withoutImplied', () => {
  it('leaves what stands alone, in the catalogue’s order', () => {
    const chosen = new Set(['pullrequest:write', 'repository', 'email']);
    expect(withoutImplied(permissions, chosen)).toEqual(['email', 'pullrequest:write']);
  });
});

describe('permissionTable', () => {
  it('puts each permission into the column of its level', () => {
    const table = permissionTable(permissions);
    const names = (group: string, level: 'read' | 'write' | 'admin' | 'delete') =>
      table.find((row) => row.title === group)?.cells[level].map((entry) => entry.name);
    expect(names('Account', 'read')).toEqual(['email', 'account']);
    expect(names('Repositories', 'delete')).toEqual(['repository:delete']);
    expect(names('Issues', 'read')).toEqual(['issue']);
    expect(names('Wikis', 'write')).toEqual(['wiki']);
    expect(names('Pipelines', 'admin')).toEqual(['pipeline:variable']);
  });

  it('loses none', () => {
    const cells = permissionTable(permissions).flatMap((row) => Object.values(row.cells).flat());
    expect(cells).toHaveLength(permissions.length);
  });
});
