import { describe, expect, it } from 'vitest';
import { internalPath, match } from './router';

describe('match', () => {
  it('takes parameters out of a path', () => {
    expect(match('/admin/accounts/:id', '/admin/accounts/a%20b')).toEqual({ id: 'a b' });
  });
  it('ignores a slash at the end and refuses other lengths', () => {
    expect(match('/settings/profile', '/settings/profile/')).toEqual({});
    expect(match('/settings/profile', '/settings')).toBeUndefined();
    expect(match('/settings', '/settings/profile')).toBeUndefined();
  });
});

describe('internalPath', () => {
  it('keeps a path of these pages with its search', () => {
    expect(internalPath('/settings/security/api-tokens/new?app=bitbucket', '/')).toBe(
      '/settings/security/api-tokens/new?app=bitbucket',
    );
  });
  it.each([
    null,
    '',
    'settings',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
  ])('sends nobody to %j', (text) => {
    expect(internalPath(text, '/fallback')).toBe('/fallback');
  });
});
