import type { ReactNode } from 'react';
import { strings } from '../strings';
import { AccountList } from './AccountList';

const words = strings.admin.services;

export default function ServiceAccountsPage(): ReactNode {
  return (
    <AccountList
      kind="service"
      title={words.title}
      help={words.help}
      create={words.create}
      empty={{ icon: 'bot', title: words.empty, help: words.emptyHelp }}
      hrefOf={(account) => `/admin/service-accounts/${account.id}`}
    />
  );
}
