// What the wizard has been told so far. Pure, so that every step can be tested without a page.

import type { Policy } from '../../api';
import type { IssueBody } from '../data';
import { type Catalogue, inOrder } from '../model/catalogue';
import {
  defaultExpiry,
  type Expiry,
  expiryFault,
  expiryMembers,
  type Limits,
} from '../model/expiry';
import type { Prefill } from '../model/prefill';

export interface Draft {
  name: string;
  expiry: Expiry;
  app: string | undefined;
  scopes: ReadonlySet<string>;
}

export const limitsOf = (policy: Policy): Limits => ({
  min_s: policy.token_lifetime_min_s,
  max_s: policy.token_lifetime_max_s,
  default_s: policy.token_lifetime_default_s,
});

export interface Begun {
  draft: Draft;
  /** The link asked for an expiry that policy does not allow. */
  expiryCut: boolean;
}

export function beginDraft(prefill: Prefill | undefined, limits: Limits, now: number): Begun {
  const wanted = prefill?.expiry;
  const expiryCut = wanted !== undefined && expiryFault(wanted, limits, now) !== undefined;
  return {
    draft: {
      name: prefill?.name ?? '',
      expiry: wanted !== undefined && !expiryCut ? asChoice(wanted, now) : defaultExpiry(limits),
      app: prefill?.app,
      scopes: new Set(prefill?.scopes),
    },
    expiryCut,
  };
}

/** A number of days that is no choice of the form is shown as the day it ends on. */
function asChoice(expiry: Expiry, now: number): Expiry {
  if (expiry.kind !== 'days' || [7, 30, 90, 365].includes(expiry.days)) return expiry;
  const day = new Date(now + (expiry.days - 1) * 86_400_000).toISOString().slice(0, 10);
  return { kind: 'date', date: day };
}

/** Another app has other scopes; what was ticked before means nothing there. */
export const chooseApp = (draft: Draft, app: string): Draft =>
  draft.app === app ? draft : { ...draft, app, scopes: new Set() };

export function toggleScope(draft: Draft, scope: string, on: boolean): Draft {
  const scopes = new Set(draft.scopes);
  if (on) scopes.add(scope);
  else scopes.delete(scope);
  return { ...draft, scopes };
}

export const chosenScopes = (draft: Draft, catalogue: Catalogue): string[] =>
  inOrder(catalogue.scopes, draft.scopes);

/** Scopes that the draft names and the app does not have: a link's mistake, not the person's. */
export function unknownScopes(draft: Draft, catalogue: Catalogue): string[] {
  const known = new Set(catalogue.scopes.map((scope) => scope.name));
  return [...draft.scopes].filter((scope) => !known.has(scope));
}

/** The draft as it can be asked for: the app that is there, without scopes that it lacks. */
export function effectiveDraft(
  draft: Draft,
  app: string | undefined,
  unknown: readonly string[],
): Draft {
  if (unknown.length === 0) return { ...draft, app };
  const scopes = new Set([...draft.scopes].filter((scope) => !unknown.includes(scope)));
  return { ...draft, app, scopes };
}

export function issueBody(draft: Draft, catalogue: Catalogue): IssueBody {
  return {
    name: draft.name.trim(),
    app: catalogue.app,
    scopes: chosenScopes(draft, catalogue),
    ...expiryMembers(draft.expiry),
  };
}

export const isTouched = (draft: Draft, begun: Draft): boolean =>
  draft.name !== begun.name || draft.app !== begun.app || draft.scopes !== begun.scopes;
