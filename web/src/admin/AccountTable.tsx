import type { ReactNode } from 'react';
import { strings } from '../strings';
import { Badge, type Column, MenuButton, type MenuGroup, Table, TextLink, Time } from '../ui';
import type { AdminAccount } from './data';

const words = strings.admin.accounts;

export interface AccountTableProps {
  label: string;
  accounts: readonly AdminAccount[];
  menuOf: (account: AdminAccount) => MenuGroup[];
  /** Where an account has a page of its own. */
  hrefOf?: (account: AdminAccount) => string;
}

function Name({ account, href }: { account: AdminAccount; href: string | undefined }): ReactNode {
  const name = account.display_name || account.username;
  return (
    <span className="cell-stack">
      <span className="cell-line">
        {href ? <TextLink href={href}>{name}</TextLink> : <strong>{name}</strong>}
        {account.admin && <Badge tone="accent">{words.admin}</Badge>}
      </span>
      <span className="cell-minor">{account.email}</span>
    </span>
  );
}

function State({ account }: { account: AdminAccount }): ReactNode {
  if (account.state === 'suspended') return <Badge tone="danger">{words.states.suspended}</Badge>;
  if (account.kind === 'person' && !account.can_sign_in) {
    return <Badge tone="warning">{words.invited}</Badge>;
  }
  return <Badge tone="success">{words.states.active}</Badge>;
}

export function AccountTable(props: AccountTableProps): ReactNode {
  const { label, accounts, menuOf, hrefOf } = props;
  const people = accounts.some((account) => account.kind === 'person');
  const secondStep: Column<AdminAccount> = {
    id: 'second-step',
    title: words.secondStep,
    render: (account) =>
      account.second_step ? words.on : <span className="muted">{words.off}</span>,
  };
  const columns: Column<AdminAccount>[] = [
    {
      id: 'name',
      title: words.name,
      render: (account) => <Name account={account} href={hrefOf?.(account)} />,
    },
    { id: 'username', title: words.username, render: (account) => account.username },
    ...(people ? [secondStep] : []),
    {
      id: 'credentials',
      title: words.credentials,
      align: 'end',
      render: (account) => account.credentials.toLocaleString('en'),
    },
    {
      id: 'created',
      title: words.created,
      render: (account) => <Time instant={account.created_at} />,
    },
    { id: 'state', title: words.state, render: (account) => <State account={account} /> },
    {
      id: 'actions',
      title: strings.common.actions,
      hideTitle: true,
      align: 'end',
      render: (account) => (
        <MenuButton
          label={words.actions(account.display_name || account.username)}
          size="small"
          groups={menuOf(account)}
        />
      ),
    },
  ];
  return <Table label={label} columns={columns} rows={accounts} rowKey={(account) => account.id} />;
}
