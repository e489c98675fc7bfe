import type { Target } from '../credentials/target';
import { strings } from '../strings';
import { type AdminAccount, issuePath, revokeAny } from './data';

const HOME = '/admin/service-accounts';

export const servicePage = (id: string): string => `${HOME}/${id}`;

/** A form that makes a credential of a service account. */
export function serviceTarget(account: AdminAccount, kind: 'api-token' | 'app-password'): Target {
  const list = servicePage(account.id);
  return {
    path: issuePath(account.id, kind),
    list,
    crumbs: [
      { label: strings.admin.services.title, href: HOME },
      { label: account.display_name || account.username, href: list },
    ],
    holder: account,
    revoke: (id, reason) => revokeAny({ ids: [id] }, reason),
  };
}
