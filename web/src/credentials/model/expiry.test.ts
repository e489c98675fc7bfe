import { describe, expect, it } from 'vitest';
import {
  DAY_S,
  dateBounds,
  defaultExpiry,
  endOf,
  expiryFault,
  expiryMembers,
  formatSpan,
  isNear,
} from './expiry';

const limits = { min_s: DAY_S, max_s: 366 * DAY_S, default_s: 365 * DAY_S };
const now = Date.parse('2026-11-30T22:00:00Z');

describe('defaultExpiry', () => {
  it('is the policy’s default up to 90 days, or what fits below it', () => {
    expect(defaultExpiry(limits)).toEqual({ kind: 'days', days: 90 });
    expect(defaultExpiry({ ...limits, default_s: 90 * DAY_S })).toEqual({ kind: 'days', days: 90 });
    expect(defaultExpiry({ ...limits, default_s: 90 * DAY_S - 1 })).toEqual({
      kind: 'days',
      days: 30,
    });
    expect(defaultExpiry({ ...limits, max_s: 90 * DAY_S, default_s: 60 * DAY_S })).toEqual({
      kind: 'days',
      days: 30,
    });
  });

  it('fits where every choice is too long or too short', () => {
    expect(defaultExpiry({ min_s: 1, max_s: 3 * DAY_S, default_s: DAY_S })).toEqual({
      kind: 'days',
      days: 3,
    });
    expect(defaultExpiry({ ...limits, default_s: DAY_S })).toEqual({ kind: 'days', days: 7 });
  });
});

describe('dateBounds', () => {
  it('has first and last days that are allowed, and neighbours that are not', () => {
    const { first, last } = dateBounds(limits, now);
    expect(first).toBe('2026-12-01');
    expect(last).toBe('2027-11-30');
    const fault = (date: string) => expiryFault({ kind: 'date', date }, limits, now);
    expect(fault(first)).toBeUndefined();
    expect(fault(last)).toBeUndefined();
    expect(fault('2026-11-30')).toBe('It must live at least 1 day.');
    expect(fault('2027-12-01')).toContain('at most 366 days');
  });
});

describe('endOf', () => {
  it('ends a day at the next midnight in UTC', () => {
    expect(endOf({ kind: 'date', date: '2027-03-31' }, now)).toBe(Date.parse('2027-04-01T00:00Z'));
    expect(endOf({ kind: 'days', days: 7 }, now)).toBe(now + 7 * DAY_S * 1000);
    expect(endOf({ kind: 'never' }, now)).toBeUndefined();
  });

  it.each(['', '2027-02-30', '2027-13-01', 'soon'])('knows no day %j', (date) => {
    expect(endOf({ kind: 'date', date }, now)).toBeUndefined();
    expect(expiryFault({ kind: 'date', date }, limits, now)).toBe('Choose a day.');
  });
});

describe('expiryMembers', () => {
  it('leaves the clock to the server', () => {
    expect(expiryMembers({ kind: 'days', days: 30 })).toEqual({ ttl: 2_592_000 });
    expect(expiryMembers({ kind: 'date', date: '2027-03-31' })).toEqual({
      expires_at: '2027-03-31',
    });
    expect(expiryMembers({ kind: 'never' })).toEqual({});
  });
});

describe('formatSpan', () => {
  it.each([
    [60, '1 minute'],
    [7200, '2 hours'],
    [DAY_S, '1 day'],
    [366 * DAY_S, '366 days'],
  ])('says %d seconds as %s', (seconds, text) => {
    expect(formatSpan(seconds)).toBe(text);
  });
});

describe('isNear', () => {
  const created = '2026-01-01T00:00:00Z';
  it.each([
    ['2026-12-14T00:00:00Z', true],
    ['2026-12-15T00:00:00Z', false],
    ['2026-11-30T21:59:59Z', false],
  ])('says of an end at %s: %s', (expires, near) => {
    expect(isNear(created, expires, now)).toBe(near);
  });

  it('does not mark a short life from its first day', () => {
    expect(isNear('2026-11-30T00:00:00Z', '2026-12-07T00:00:00Z', now)).toBe(false);
    expect(isNear('2026-11-24T23:00:00Z', '2026-12-01T23:00:00Z', now)).toBe(true);
  });
});
