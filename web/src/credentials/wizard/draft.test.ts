import { describe, expect, it } from 'vitest';
import { DAY_S } from '../model/expiry';
import { catalogue } from '../model/fixture';
import {
  beginDraft,
  chooseApp,
  effectiveDraft,
  issueBody,
  isTouched,
  toggleScope,
  unknownScopes,
} from './draft';

const limits = { min_s: DAY_S, max_s: 366 * DAY_S, default_s: 90 * DAY_S };
const now = Date.parse('2026-11-30T22:00:00Z');
const empty = beginDraft(undefined, limits, now).draft;

describe('beginDraft', () => {
  it('starts with the usual expiry', () => {
    expect(empty).toEqual({
      name: '',
      expiry: { kind: 'days', days: 90 },
      app: undefined,
      scopes: new Set(),
    });
  });

  it('takes a number of days that is no choice as the day it ends on', () => {
    const prefill = { scopes: [], expiry: { kind: 'days', days: 10 } as const };
    const { draft } = beginDraft(prefill, limits, now);
    expect(draft.expiry).toEqual({ kind: 'date', date: '2026-12-09' });
  });

  it('does not take an expiry that policy forbids, and says so', () => {
    const prefill = { scopes: [], expiry: { kind: 'days', days: 3650 } as const };
    const begun = beginDraft(prefill, limits, now);
    expect(begun.expiryCut).toBe(true);
    expect(begun.draft.expiry).toEqual({ kind: 'days', days: 90 });
  });
});

describe('a draft', () => {
  const filled = {
    ...empty,
    app: 'bitbucket',
    scopes: new Set(['no:such', 'read:user:bitbucket']),
  };

  it('knows which scopes the app lacks, and does not ask for them', () => {
    const unknown = unknownScopes(filled, catalogue);
    expect(unknown).toEqual(['no:such']);
    const draft = effectiveDraft({ ...filled, name: ' Laptop ' }, 'bitbucket', unknown);
    expect(issueBody(draft, catalogue)).toEqual({
      name: 'Laptop',
      app: 'bitbucket',
      scopes: ['read:user:bitbucket'],
      ttl: 90 * DAY_S,
    });
  });

  it('forgets scopes with the app that they belong to', () => {
    expect(chooseApp(filled, 'bitbucket')).toBe(filled);
    expect(chooseApp(filled, 'builds').scopes.size).toBe(0);
  });

  it('is touched by what a person changes', () => {
    expect(isTouched(empty, empty)).toBe(false);
    expect(isTouched(toggleScope(empty, 'read:user:bitbucket', true), empty)).toBe(true);
  });
});
