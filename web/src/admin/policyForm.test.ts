import { describe, expect, it } from 'vitest';
import type { PolicyAnswer } from './data';
import { faultsOf, formOf, policyOf } from './policyForm';

const DAY = 86_400;
const answer: PolicyAnswer = {
  token_lifetime_max_s: 180 * DAY,
  token_lifetime_default_s: null,
  api_tokens: true,
  app_passwords: false,
  second_step_required: true,
  token_apps: ['bitbucket'],
  bounds: {
    token_lifetime_min_s: DAY,
    token_lifetime_max_s: 366 * DAY,
    token_lifetime_default_s: 365 * DAY,
  },
};
const form = formOf(answer);
const faults = (changes: object) => faultsOf({ ...form, ...changes }, answer.bounds);

describe('the form of the policies', () => {
  it('gives back what it was given', () => {
    const { bounds: _bounds, ...policy } = answer;
    expect(policyOf(form)).toEqual(policy);
  });

  it('leaves empty what is as the settings say', () => {
    expect(formOf({ ...answer, token_lifetime_max_s: 366 * DAY }).longest).toBe('');
    expect(policyOf({ ...form, longest: '' }).token_lifetime_max_s).toBeNull();
  });

  it.each(['0', '367', '1.5', '-1', 'ten', '999999'])('refuses a life of %s days', (longest) => {
    expect(faults({ longest }).longest).toBeDefined();
  });

  it.each(['', '1', '366'])('takes a life of %j days', (longest) => {
    expect(faults({ longest })).toEqual({});
  });

  it('refuses a usual life above the longest', () => {
    expect(faults({ usual: '181' }).usual).toBeDefined();
    expect(faults({ usual: '180' })).toEqual({});
  });

  it('wants an app where not all are allowed', () => {
    expect(faults({ apps: new Set() }).apps).toBeDefined();
    expect(faults({ apps: new Set(), allApps: true })).toEqual({});
  });
});
