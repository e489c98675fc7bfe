// The wizard's link: /settings/security/api-tokens/new?name=&app=&scopes=&expires=
// It fills in, and never submits. Whoever wrote the link is nobody to trust, so every part is
// read strictly, and the page says that a link filled it in.

import { strings } from '../../strings';
import type { Expiry } from './expiry';
import { endOf } from './expiry';

export interface Prefill {
  name?: string;
  app?: string;
  scopes: string[];
  expiry?: Expiry;
}

const words = strings.credentials.wizard;

export const NAME_MAX = 255;
const SCOPES_MAX = 200;

export function readPrefill(search: string): Prefill | undefined {
  const query = new URLSearchParams(search);
  const prefill: Prefill = { scopes: readScopes(query.getAll('scopes')) };
  const name = readName(query.get('name'));
  if (name) prefill.name = name;
  const app = query.get('app') ?? '';
  if (/^[a-z0-9][a-z0-9_-]{0,62}$/.test(app)) prefill.app = app;
  const expiry = readExpiry(query.get('expires'));
  if (expiry) prefill.expiry = expiry;
  const empty = !prefill.name && !prefill.app && !prefill.expiry && prefill.scopes.length === 0;
  return empty ? undefined : prefill;
}

/** `?permissions=` of the form for app passwords, where the link of a refusal leads. */
export function readPermissions(search: string): ReadonlySet<string> {
  return new Set(readScopes(new URLSearchParams(search).getAll('permissions')));
}

function readName(text: string | null): string {
  // Control characters and those that turn the direction of writing could make it show as another.
  const plain = (text ?? '').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim();
  return [...plain].slice(0, NAME_MAX).join('');
}

function readScopes(values: string[]): string[] {
  const names = values.flatMap((value) => value.split(/[\s,]+/));
  const scopes = names.filter((name) => /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(name));
  return [...new Set(scopes)].slice(0, SCOPES_MAX);
}

/**
 * At most three of the names that a link gave and nobody here knows, and how many more there are. Whoever
 * wrote the link chose them: what does not look like a scope is counted, and not shown.
 */
export function nameSome(names: readonly string[]): string {
  const shown = names.filter((name) => /^[a-z0-9:_.-]{1,64}$/.test(name)).slice(0, 3);
  const rest = names.length - shown.length;
  const listed = shown.join(', ');
  if (rest === 0) return listed;
  return listed === '' ? words.more(rest) : `${listed} ${words.andMore(rest)}`;
}

/** `30`, `30d`, `2w`, `1y` or a date like 2027-03-31. */
function readExpiry(text: string | null): Expiry | undefined {
  if (text === null) return undefined;
  const span = /^([1-9][0-9]{0,3})([dwy]?)$/.exec(text);
  if (span) {
    const factor = { '': 1, d: 1, w: 7, y: 365 }[span[2] ?? ''] ?? 1;
    return { kind: 'days', days: Number(span[1]) * factor };
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const expiry: Expiry = { kind: 'date', date: text };
  return endOf(expiry, 0) === undefined ? undefined : expiry;
}

/** The link that fills in the same form, for a person to hand on. */
export function prefillLink(publicUrl: string, prefill: Prefill): string {
  const query = new URLSearchParams();
  if (prefill.name) query.set('name', prefill.name);
  if (prefill.app) query.set('app', prefill.app);
  if (prefill.scopes.length > 0) query.set('scopes', prefill.scopes.join(','));
  if (prefill.expiry?.kind === 'days') query.set('expires', `${prefill.expiry.days}d`);
  if (prefill.expiry?.kind === 'date') query.set('expires', prefill.expiry.date);
  return `${publicUrl.replace(/\/+$/, '')}/settings/security/api-tokens/new?${query}`;
}
