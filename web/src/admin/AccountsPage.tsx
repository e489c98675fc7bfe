import type { ReactNode } from 'react';
import { strings } from '../strings';
import { AccountList } from './AccountList';

const words = strings.admin.accounts;

export default function AccountsPage(): ReactNode {
  return (
    <AccountList
      kind="person"
      title={words.title}
      help={words.help}
      create={words.invite}
      empty={{ icon: 'users', title: words.none, help: words.help }}
    />
  );
}
