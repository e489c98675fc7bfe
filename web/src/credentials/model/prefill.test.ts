import { describe, expect, it } from 'vitest';
import { nameSome, prefillLink, readPrefill } from './prefill';

describe('nameSome', () => {
  it.each([
    [['no:such'], 'no:such'],
    [['a', 'b', 'c'], 'a, b, c'],
    [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
    [['your-token-was-stolen!call+1-555', 'a'], 'a and 1 more'],
    [['x'.repeat(64)], 'x'.repeat(64)],
    [['x'.repeat(65)], '1 unreadable name'],
    [['CALL-THIS-NUMBER', 'a:b'], 'a:b and 1 more'],
  ])('of %j names %j', (names, text) => {
    expect(nameSome(names)).toBe(text);
  });
});

describe('readPrefill', () => {
  it('reads every part', () => {
    const search = '?name=Deploy%20key&app=bitbucket&scopes=read:user:bitbucket,x%20y&expires=30d';
    expect(readPrefill(search)).toEqual({
      name: 'Deploy key',
      app: 'bitbucket',
      scopes: ['read:user:bitbucket', 'x', 'y'],
      expiry: { kind: 'days', days: 30 },
    });
  });

  it.each(['', '?', '?name=', '?scopes=', '?other=1', '?app=../x'])(
    'finds nothing in %j',
    (search) => {
      expect(readPrefill(search)).toBeUndefined();
    },
  );

  it('takes out what is not to be seen', () => {
    const prefill = readPrefill('?name=%00a%E2%80%AEb%0A%3Cimg%20src=x%3E');
    expect(prefill?.name).toBe('ab<img src=x>');
  });

  it('cuts a name and a list that are too long', () => {
    expect(readPrefill(`?name=${'é'.repeat(300)}`)?.name).toBe('é'.repeat(255));
    const many = Array.from({ length: 500 }, (_, index) => `s${index}`).join();
    expect(readPrefill(`?scopes=${many}`)?.scopes).toHaveLength(200);
  });

  it.each([
    ['7', { kind: 'days', days: 7 }],
    ['2w', { kind: 'days', days: 14 }],
    ['1y', { kind: 'days', days: 365 }],
    ['2027-03-31', { kind: 'date', date: '2027-03-31' }],
  ])('reads the expiry %s', (text, expiry) => {
    expect(readPrefill(`?expires=${text}`)?.expiry).toEqual(expiry);
  });

  it.each(['0', '-1', '1h', 'never', '2027-02-30', '99999d'])('reads no expiry %s', (text) => {
    expect(readPrefill(`?expires=${text}`)).toBeUndefined();
  });
});

describe('prefillLink', () => {
  it('is read back', () => {
    const prefill = {
      name: 'A & B',
      app: 'bitbucket',
      scopes: ['read:user:bitbucket', 'read:repository:bitbucket'],
      expiry: { kind: 'days', days: 90 } as const,
    };
    const link = new URL(prefillLink('https://host/', prefill));
    expect(link.pathname).toBe('/settings/security/api-tokens/new');
    expect(readPrefill(link.search)).toEqual(prefill);
  });
});
