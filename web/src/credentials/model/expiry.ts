// How long a credential lives: the choices of the form, held against the installation's policy.
// Dates are calendar days in UTC, since the server ends a day there.

export const DAY_S = 86_400;
const DAY_MS = DAY_S * 1000;

export interface Limits {
  min_s: number;
  max_s: number;
  default_s: number;
}

/** `days`, a `date` like 2027-03-31, or `never`, which only app passwords know. */
export type Expiry =
  | { kind: 'days'; days: number }
  | { kind: 'date'; date: string }
  | { kind: 'never' };

export interface ExpiryChoice {
  days: number;
  title: string;
}

export const CHOICES: readonly ExpiryChoice[] = [
  { days: 7, title: '7 days' },
  { days: 30, title: '30 days' },
  { days: 90, title: '90 days' },
  { days: 365, title: '1 year' },
];

export const allows = (limits: Limits, days: number): boolean =>
  days * DAY_S >= limits.min_s && days * DAY_S <= limits.max_s;

/** What the form never goes beyond by itself: a longer life is chosen by the person. */
const USUAL_MAX_S = 90 * DAY_S;

/** The longest allowed choice that is neither longer than the policy's default nor than 90 days. */
export function defaultExpiry(limits: Limits): Expiry {
  const allowed = CHOICES.filter((choice) => allows(limits, choice.days));
  const usual = Math.min(limits.default_s, USUAL_MAX_S);
  const fitting = allowed.filter((choice) => choice.days * DAY_S <= usual);
  const choice = fitting.at(-1) ?? allowed.at(0);
  if (choice) return { kind: 'days', days: choice.days };
  return { kind: 'days', days: Math.max(1, Math.floor(limits.max_s / DAY_S)) };
}

export const toDate = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The first and the last day that may be picked. */
export function dateBounds(limits: Limits, now: number): { first: string; last: string } {
  // A day ends at the next midnight: the first one no sooner than the shortest life, the last one
  // no later than the longest.
  const first = now + Math.max(0, limits.min_s * 1000 - 1);
  const last = now + limits.max_s * 1000 - DAY_MS;
  return { first: toDate(first), last: toDate(Math.max(first, last)) };
}

/** When a credential made now would end; undefined: never, or no such day. */
export function endOf(expiry: Expiry, now: number): number | undefined {
  switch (expiry.kind) {
    case 'never':
      return undefined;
    case 'days':
      return now + expiry.days * DAY_MS;
    case 'date': {
      const start = Date.parse(`${expiry.date}T00:00:00Z`);
      return Number.isNaN(start) || toDate(start) !== expiry.date ? undefined : start + DAY_MS;
    }
  }
}

/** What is wrong with it, for the form; undefined: nothing. */
export function expiryFault(expiry: Expiry, limits: Limits, now: number): string | undefined {
  if (expiry.kind === 'never') return undefined;
  const end = endOf(expiry, now);
  if (end === undefined) return 'Choose a day.';
  const life = end - now;
  if (life < limits.min_s * 1000) return `It must live at least ${formatSpan(limits.min_s)}.`;
  if (life > limits.max_s * 1000) {
    return `Your administrator allows at most ${formatSpan(limits.max_s)}: choose an earlier day.`;
  }
  return undefined;
}

/** The members of the request that say it. */
export function expiryMembers(expiry: Expiry): { ttl?: number; expires_at?: string } {
  if (expiry.kind === 'days') return { ttl: expiry.days * DAY_S };
  if (expiry.kind === 'date') return { expires_at: expiry.date };
  return {};
}

export function formatSpan(seconds: number): string {
  const unit = (count: number, name: string) => `${count} ${name}${count === 1 ? '' : 's'}`;
  if (seconds % DAY_S === 0 || seconds > 3 * DAY_S) return unit(Math.floor(seconds / DAY_S), 'day');
  if (seconds >= 3600) return unit(Math.floor(seconds / 3600), 'hour');
  return unit(Math.max(1, Math.floor(seconds / 60)), 'minute');
}

/** Whether a list marks it: less than two weeks is left, and less than a quarter of its life. */
export function isNear(createdAt: string, expiresAt: string, now: number): boolean {
  const end = Date.parse(expiresAt);
  const life = end - Date.parse(createdAt);
  return end > now && end - now < Math.min(14 * DAY_MS, Math.max(life / 4, DAY_MS));
}
