import type { ReactNode } from 'react';
import { strings } from '../../strings';
import { kinds } from '../../strings/credentials';
import { type Column, MenuButton, type MenuEntry, type Sort, Time } from '../../ui';
import type { CredentialRow, SortKey } from '../model/listing';
import type { CredentialKind } from '../model/presented';
import { ExpiryCell, GrantsCell, LastUsedCell, StateBadge } from './cells';
import { VirtualTable } from './VirtualTable';

const words = strings.credentials.list;

export interface CredentialTableProps<Row extends CredentialRow> {
  label: string;
  /** undefined: both kinds stand in the list. */
  kind: CredentialKind | undefined;
  rows: readonly Row[];
  now: number;
  sort: Sort;
  onSort: (sort: Sort) => void;
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
  onShow: (row: Row) => void;
  onRevoke: (row: Row) => void;
  /** Whose it is, in lists of several accounts. */
  accountOf?: (row: Row) => string;
  sortable?: readonly string[];
  total?: number;
  onEnd?: () => void;
}

const ALL_SORTS: readonly SortKey[] = [
  'name',
  'app',
  'created_at',
  'expires_at',
  'last_used_at',
  'state',
];

export const isLive = (row: CredentialRow): boolean => row.state !== 'revoked';

/** With whose it is, app and scopes share a column: there is no room for both. */
function accountColumns<Row extends CredentialRow>(
  name: Column<Row>,
  grants: Column<Row>,
  accountOf: (row: Row) => string,
): Column<Row>[] {
  return [
    name,
    {
      id: 'account',
      title: words.account,
      width: '116px',
      render: (row) => (
        <span className="cell-stack">
          <span className="cell-clip">{accountOf(row)}</span>
          <span className="cell-minor">{kinds[row.kind].one}</span>
        </span>
      ),
    },
    {
      ...grants,
      render: (row) => (
        <span className="cell-stack">
          <GrantsCell row={row} />
          <span className="cell-minor">{row.app}</span>
        </span>
      ),
    },
  ];
}

export function CredentialTable<Row extends CredentialRow>(
  props: CredentialTableProps<Row>,
): ReactNode {
  const { kind, now, onShow, onRevoke, accountOf, sortable = ALL_SORTS } = props;
  const menuOf = (row: Row): MenuEntry[] => [
    {
      id: 'details',
      label: strings.credentials.details.title(kinds[row.kind]),
      icon: 'info',
      onAction: () => onShow(row),
    },
    ...(isLive(row)
      ? [
          {
            id: 'revoke',
            label: strings.credentials.revoke.one,
            icon: 'trash' as const,
            danger: true,
            onAction: () => onRevoke(row),
          },
        ]
      : []),
  ];
  const name: Column<Row> = {
    id: 'name',
    title: words.name,
    render: (row) => (
      <span className="cell-stack">
        <button type="button" className="cell-name" onClick={() => onShow(row)}>
          {row.name}
        </button>
        <code className="cell-minor">{row.id}</code>
      </span>
    ),
  };
  const app: Column<Row> = {
    id: 'app',
    title: words.app,
    width: '88px',
    render: (row) => <span className="cell-clip">{row.app}</span>,
  };
  const grants: Column<Row> = {
    id: 'grants',
    title: kind ? kinds[kind].grants : kinds['api-token'].grants,
    width: '17%',
    render: (row) => <GrantsCell row={row} />,
  };
  const rest: Column<Row>[] = [
    {
      id: 'created_at',
      title: words.created,
      width: '108px',
      render: (row) => <Time instant={row.created_at} />,
    },
    {
      id: 'expires_at',
      title: words.expires,
      width: '116px',
      render: (row) => <ExpiryCell row={row} now={now} />,
    },
    {
      id: 'last_used_at',
      title: words.lastUsed,
      width: '15%',
      render: (row) => <LastUsedCell row={row} />,
    },
    { id: 'state', title: words.state, width: '88px', render: (row) => <StateBadge row={row} /> },
    {
      id: 'actions',
      title: strings.common.actions,
      hideTitle: true,
      width: '52px',
      align: 'end',
      render: (row) => (
        <MenuButton
          label={words.actions(row.name)}
          size="small"
          groups={[{ id: 'all', entries: menuOf(row) }]}
        />
      ),
    },
  ];
  const lead = accountOf ? accountColumns(name, grants, accountOf) : [name, app, grants];
  const columns = [...lead, ...rest].map((column) => ({
    ...column,
    sortable: sortable.includes(column.id),
  }));
  return (
    <VirtualTable
      label={props.label}
      columns={columns}
      rows={props.rows}
      rowKey={(row) => row.id}
      rowName={(row) => row.name}
      sort={props.sort}
      onSort={props.onSort}
      selected={props.selected}
      onSelect={props.onSelect}
      selectable={isLive}
      {...(props.total === undefined ? {} : { total: props.total })}
      {...(props.onEnd ? { onEnd: props.onEnd } : {})}
    />
  );
}
