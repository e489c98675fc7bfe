// What an administrator can do with an account, each after a question.

import { strings } from '../strings';
import type { IconName } from '../ui';
import {
  type AdminAccount,
  changeAccount,
  dropSecondStep,
  endSessions,
  type LinkAnswer,
  makeLink,
} from './data';

const words = strings.admin.accounts;

export interface Outcome {
  account?: AdminAccount;
  link?: LinkAnswer;
  /** What to say when it was done. */
  said?: string;
}

export interface AccountAction {
  id: string;
  label: string;
  icon: IconName;
  danger?: boolean;
  title: (name: string) => string;
  help: string;
  confirm: string;
  fits: (account: AdminAccount) => boolean;
  run: (account: AdminAccount) => Promise<Outcome>;
}

const nameOf = (account: AdminAccount): string => account.display_name || account.username;
const isPerson = (account: AdminAccount): boolean => account.kind === 'person';

export const accountActions: readonly AccountAction[] = [
  {
    id: 'invitation',
    label: words.sendInvitation,
    icon: 'mail',
    title: words.sendInvitationTitle,
    help: words.sendInvitationHelp,
    confirm: words.sendInvitationConfirm,
    fits: (account) => isPerson(account) && !account.can_sign_in,
    run: async ({ id }) => ({ link: await makeLink(id, 'invitation') }),
  },
  {
    id: 'reset',
    label: words.sendReset,
    icon: 'mail',
    title: words.sendResetTitle,
    help: words.sendResetHelp,
    confirm: words.sendResetConfirm,
    fits: (account) => isPerson(account) && account.can_sign_in,
    run: async ({ id }) => ({ link: await makeLink(id, 'password-reset') }),
  },
  {
    id: 'sessions',
    label: words.endSessions,
    icon: 'signOut',
    title: words.endSessionsTitle,
    help: words.endSessionsHelp,
    confirm: words.endSessionsConfirm,
    fits: isPerson,
    run: async ({ id }) => {
      await endSessions(id);
      return { said: words.sessionsEnded };
    },
  },
  {
    id: 'second-step',
    label: words.dropSecondStep,
    icon: 'shield',
    title: words.dropSecondStepTitle,
    help: words.dropSecondStepHelp,
    confirm: words.dropSecondStepConfirm,
    fits: (account) => account.second_step,
    run: async (account) => {
      await dropSecondStep(account.id);
      return { account: { ...account, second_step: false }, said: words.secondStepDropped };
    },
  },
  {
    id: 'grant',
    label: words.grantAdmin,
    icon: 'user',
    title: words.grantAdminTitle,
    help: words.grantAdminHelp,
    confirm: words.grantAdminConfirm,
    fits: (account) => isPerson(account) && !account.admin,
    run: async ({ id }) => ({
      account: await changeAccount(id, { admin: true }),
      said: words.changed,
    }),
  },
  {
    id: 'drop',
    label: words.dropAdmin,
    icon: 'user',
    title: words.dropAdminTitle,
    help: words.dropAdminHelp,
    confirm: words.dropAdminConfirm,
    fits: (account) => account.admin,
    run: async ({ id }) => ({
      account: await changeAccount(id, { admin: false }),
      said: words.changed,
    }),
  },
  {
    id: 'suspend',
    label: words.suspend,
    icon: 'lock',
    danger: true,
    title: words.suspendTitle,
    help: words.suspendHelp,
    confirm: words.suspendConfirm,
    fits: (account) => account.state === 'active',
    run: async (account) => ({
      account: await changeAccount(account.id, { state: 'suspended' }),
      said: words.suspended(nameOf(account)),
    }),
  },
];

export const resume = async (account: AdminAccount): Promise<Outcome> => ({
  account: await changeAccount(account.id, { state: 'active' }),
  said: words.resumed(nameOf(account)),
});
