import { describe, expect, it } from 'vitest';
import { missingCompanions } from './companions';
import { catalogue } from './fixture';
import { presetsFor } from './presets';

const missing = (...names: string[]) =>
  missingCompanions(catalogue.scopes, new Set(names)).map((companion) => companion.scope.name);

describe('missingCompanions', () => {
  it('says nothing before anything is chosen', () => {
    expect(missing()).toEqual([]);
  });

  it('misses reading beside writing', () => {
    expect(missing('read:user:bitbucket', 'write:repository:bitbucket')).toEqual([
      'read:repository:bitbucket',
    ]);
  });

  it('misses the user for clients of the same app', () => {
    expect(missing('read:repository:bitbucket', 'delete:repository:bitbucket')).toEqual([
      'read:user:bitbucket',
    ]);
    expect(missing('read:credential:latchkey')).toEqual([]);
  });

  it('misses no user for git alone, which does not ask for one', () => {
    const presets = presetsFor(catalogue).filter((preset) => preset.id.startsWith('git-'));
    expect(presets).toHaveLength(2);
    for (const preset of presets) expect(missing(...preset.scopes)).toEqual([]);
  });

  it('misses the repository beside pull requests', () => {
    expect(missing('read:user:bitbucket', 'write:pullrequest:bitbucket')).toEqual([
      'read:repository:bitbucket',
      'read:pullrequest:bitbucket',
    ]);
  });

  it('is content with a whole set', () => {
    const whole = [
      'read:user:bitbucket',
      'read:repository:bitbucket',
      'write:repository:bitbucket',
    ];
    expect(missing(...whole)).toEqual([]);
  });

  it('asks for nothing that the catalogue lacks', () => {
    const scopes = [{ name: 'write:thing', title: 'Write', description: '', group: '' }];
    expect(missingCompanions(scopes, new Set(['write:thing']))).toEqual([]);
  });

  it('gives a reason in a sentence', () => {
    const [first] = missingCompanions(catalogue.scopes, new Set(['write:credential:latchkey']));
    expect(first?.reason).toBe('“Manage credentials” writes and does not read.');
  });
});
