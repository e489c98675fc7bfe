// Whose credential a form makes: one's own, or a service account's.

import { useSignedIn } from '../app/session';
import { strings } from '../strings';
import { PAGES, PATHS, revoke } from './data';
import type { CredentialKind } from './model/presented';

export interface Holder {
  email: string;
  username: string;
  display_name: string;
}

export interface Target {
  /** What a new one is sent to. */
  path: string;
  /** Where the person goes afterwards. */
  list: string;
  crumbs: readonly { label: string; href: string }[];
  holder: Holder;
  revoke: (id: string, reason: string) => Promise<unknown>;
}

export function useOwnTarget(kind: CredentialKind): Target {
  const { account } = useSignedIn();
  const words = strings.credentials;
  const label = kind === 'api-token' ? words.tokensTitle : words.passwordsTitle;
  return {
    path: PATHS[kind],
    list: PAGES[kind],
    crumbs: [{ label, href: PAGES[kind] }],
    holder: account,
    revoke: (id, reason) => revoke(kind, { ids: [id] }, reason),
  };
}
