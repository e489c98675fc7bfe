import { describe, expect, it } from 'vitest';
import { relativeTime } from './time';

const now = new Date('2026-11-30T12:00:00Z');
const at = (seconds: number) => relativeTime(new Date(now.getTime() + seconds * 1000), now);

describe('relativeTime', () => {
  it.each([
    [0, 'just now'],
    [-59, 'just now'],
    [30, 'in less than a minute'],
    [-60, '1 minute ago'],
    [-3599, '59 minutes ago'],
    [-3600, '1 hour ago'],
    [-86400, 'yesterday'],
    [5 * 86400, 'in 5 days'],
    [364 * 86400, 'in 12 months'],
    [365 * 86400, 'next year'],
  ])('%i seconds: %s', (seconds, text) => expect(at(seconds)).toBe(text));
});
