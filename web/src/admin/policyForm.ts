// The form of the policies: days instead of seconds, and a text while it is being typed.

import { DAY_S } from '../credentials/model/expiry';
import { strings } from '../strings';
import type { InstallationPolicy, PolicyAnswer, PolicyBounds } from './data';

const words = strings.admin.policies;

export interface PolicyForm {
  api_tokens: boolean;
  app_passwords: boolean;
  second_step_required: boolean;
  /** Empty: as the settings say. */
  longest: string;
  usual: string;
  allApps: boolean;
  apps: ReadonlySet<string>;
}

const toDays = (seconds: number | null): string =>
  seconds === null ? '' : String(Math.floor(seconds / DAY_S));

const toSeconds = (days: string): number | null => (days === '' ? null : Number(days) * DAY_S);

export function formOf(policy: PolicyAnswer): PolicyForm {
  const { bounds } = policy;
  // What equals the bound is no choice of anybody.
  const own = (value: number | null, bound: number) => (value === bound ? null : value);
  return {
    api_tokens: policy.api_tokens,
    app_passwords: policy.app_passwords,
    second_step_required: policy.second_step_required,
    longest: toDays(own(policy.token_lifetime_max_s, bounds.token_lifetime_max_s)),
    usual: toDays(own(policy.token_lifetime_default_s, bounds.token_lifetime_default_s)),
    allApps: policy.token_apps.length === 0,
    apps: new Set(policy.token_apps),
  };
}

export function policyOf(form: PolicyForm): InstallationPolicy {
  return {
    token_lifetime_max_s: toSeconds(form.longest),
    token_lifetime_default_s: toSeconds(form.usual),
    api_tokens: form.api_tokens,
    app_passwords: form.app_passwords,
    second_step_required: form.second_step_required,
    token_apps: form.allApps ? [] : [...form.apps].sort(),
  };
}

export interface PolicyFaults {
  longest?: string;
  usual?: string;
  apps?: string;
}

export const dayBounds = (bounds: PolicyBounds): { min: number; max: number } => ({
  min: Math.max(1, Math.ceil(bounds.token_lifetime_min_s / DAY_S)),
  max: Math.floor(bounds.token_lifetime_max_s / DAY_S),
});

export function faultsOf(form: PolicyForm, bounds: PolicyBounds): PolicyFaults {
  const { min, max } = dayBounds(bounds);
  const fits = (days: string) =>
    days === '' || (/^[0-9]{1,5}$/.test(days) && Number(days) >= min && Number(days) <= max);
  const faults: PolicyFaults = {};
  if (!fits(form.longest)) faults.longest = words.daysFault(min, max);
  if (!fits(form.usual)) faults.usual = words.daysFault(min, max);
  else if (form.longest !== '' && Number(form.usual) > Number(form.longest)) {
    faults.usual = words.usualFault;
  }
  if (!form.allApps && form.apps.size === 0) faults.apps = words.noApp;
  return faults;
}
