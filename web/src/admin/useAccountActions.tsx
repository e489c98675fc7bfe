import { type ReactNode, useState } from 'react';
import { isSilent } from '../api';
import { navigate } from '../app/router';
import { strings } from '../strings';
import { ConfirmDialog, explain, type MenuGroup, toast } from '../ui';
import { type AccountAction, accountActions, type Outcome, resume } from './accountActions';
import type { AdminAccount, LinkAnswer } from './data';
import { LinkDialog } from './LinkDialog';

const words = strings.admin.accounts;

export interface AccountMenus {
  menuOf: (account: AdminAccount) => MenuGroup[];
  /** Says what became of a link that was made elsewhere. */
  showLink: (account: AdminAccount, link: LinkAnswer) => void;
  /** The question or the link that is open; place it somewhere. */
  dialog: ReactNode;
}

/** The menu of an account and the dialogs behind it. */
export function useAccountActions(onChanged: (account: AdminAccount) => void): AccountMenus {
  const [asking, setAsking] = useState<{ account: AdminAccount; action: AccountAction }>();
  const [link, setLink] = useState<{ account: AdminAccount; answer: LinkAnswer }>();

  const showLink = (account: AdminAccount, answer: LinkAnswer) => {
    if (answer.link) setLink({ account, answer });
    else if (answer.mailed) toast(words.mailed(account.email));
  };
  const take = (account: AdminAccount, outcome: Outcome) => {
    if (outcome.account) onChanged({ ...account, ...outcome.account });
    if (outcome.said) toast(outcome.said);
    if (outcome.link) showLink(account, outcome.link);
  };
  const resumeNow = async (account: AdminAccount) => {
    try {
      take(account, await resume(account));
    } catch (error) {
      if (!isSilent(error)) toast(explain(error), 'danger');
    }
  };
  const menuOf = (account: AdminAccount): MenuGroup[] => {
    const entries = accountActions
      .filter((action) => action.fits(account))
      .map((action) => ({
        id: action.id,
        label: action.label,
        icon: action.icon,
        danger: action.danger ?? false,
        onAction: () => setAsking({ account, action }),
      }));
    const credentials = {
      id: 'credentials',
      label: words.showCredentials,
      icon: 'key' as const,
      onAction: () => void navigate(`/admin/credentials?account=${account.id}`),
    };
    const awake = {
      id: 'resume',
      label: words.resume,
      icon: 'refresh' as const,
      onAction: () => void resumeNow(account),
    };
    const suspended = account.state === 'suspended' ? [awake] : [];
    return [{ id: 'all', entries: [credentials, ...suspended, ...entries] }];
  };
  const dialog = (
    <>
      {asking && (
        <ConfirmDialog
          title={asking.action.title(asking.account.display_name || asking.account.username)}
          isOpen
          onClose={() => setAsking(undefined)}
          confirm={asking.action.confirm}
          tone={asking.action.danger ? 'danger' : 'primary'}
          onConfirm={async () => take(asking.account, await asking.action.run(asking.account))}
        >
          <p>{asking.action.help}</p>
        </ConfirmDialog>
      )}
      {link && <LinkDialog {...link} onClose={() => setLink(undefined)} />}
    </>
  );
  return { menuOf, showLink, dialog };
}
