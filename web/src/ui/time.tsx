import type { ReactNode } from 'react';

// Day and month cannot be confused in this form, whatever the reader is used to.
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86400],
  ['month', 30 * 86400],
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
];

/** "3 hours ago", "in 5 days", "just now". */
export function relativeTime(instant: Date, now: Date): string {
  const seconds = Math.round((instant.getTime() - now.getTime()) / 1000);
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return seconds > 0 ? 'in less than a minute' : 'just now';
}

export const formatDay = (instant: string | Date): string => day.format(new Date(instant));
export const formatInstant = (instant: string | Date): string => full.format(new Date(instant));

/** An instant as people say it; the exact one is its tooltip. */
export function Time(props: { instant: string; form?: 'day' | 'full' | 'relative' }): ReactNode {
  const { instant, form = 'day' } = props;
  const date = new Date(instant);
  const text =
    form === 'relative'
      ? relativeTime(date, new Date())
      : form === 'full'
        ? full.format(date)
        : day.format(date);
  return (
    <time dateTime={instant} title={full.format(date)}>
      {text}
    </time>
  );
}
