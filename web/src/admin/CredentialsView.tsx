import { type ReactNode, useMemo, useState } from 'react';
import { CredentialTable, isLive } from '../credentials/list/CredentialTable';
import { DetailsDialog } from '../credentials/list/DetailsDialog';
import { ListSkeleton } from '../credentials/list/ListSkeleton';
import { NoMatch } from '../credentials/list/NoMatch';
import { RevokeDialog, titleOf } from '../credentials/list/RevokeDialog';
import { SelectionBar } from '../credentials/list/SelectionBar';
import { Toolbar } from '../credentials/list/Toolbar';
import type { Filter } from '../credentials/model/listing';
import { strings } from '../strings';
import { Banner, Button, Card, EmptyState, Select, type Sort } from '../ui';
import { type AdminCredential, loadCredentials, revokeAny } from './data';
import { useSlices } from './useSlices';

const words = strings.admin.credentials;
const list = strings.credentials.list;
const KINDS = ['all', 'api-token', 'app-password'] as const;
const NO_FILTER: Filter = { query: '', state: 'all', app: '' };
const NONE: ReadonlySet<string> = new Set();
const TYPING_MS = 250;

/** The server's names of what it can sort by. */
const SORTS: Readonly<Record<string, string>> = {
  name: 'name',
  created_at: 'created',
  expires_at: 'expires',
  last_used_at: 'last_used',
};

export interface CredentialsViewProps {
  label: string;
  /** An account's id: its credentials alone. */
  account?: string | undefined;
  apps: readonly { app: string; title: string }[];
  /** What stands there while there is nothing at all. */
  empty: ReactNode;
  toolbar?: (reload: () => void) => ReactNode;
}

function useCredentials(filter: Filter, kind: string, account: string | undefined, sort: Sort) {
  const query = {
    q: filter.query.trim(),
    kind: kind === 'all' ? '' : kind,
    state: filter.state === 'all' ? '' : filter.state,
    app: filter.app,
    account: account ?? '',
    sort: `${sort.descending ? '-' : ''}${SORTS[sort.column] ?? 'created'}`,
  };
  return useSlices<AdminCredential>(
    (after, signal) => loadCredentials(query, after, signal),
    JSON.stringify(query),
    filter.query ? TYPING_MS : 0,
  );
}

/** Credentials of several accounts: the server filters and sorts, the page loads as it scrolls. */
export function CredentialsView(props: CredentialsViewProps): ReactNode {
  const { label, account, apps, empty, toolbar } = props;
  const [now] = useState(() => Date.now());
  const [filter, setFilter] = useState(NO_FILTER);
  const [kind, setKind] = useState<(typeof KINDS)[number]>('all');
  const [sort, setSort] = useState<Sort>({ column: 'created_at', descending: true });
  const [selected, setSelected] = useState(NONE);
  const [shown, setShown] = useState<AdminCredential>();
  const [target, setTarget] = useState<readonly AdminCredential[]>();
  const slices = useCredentials(filter, kind, account, sort);
  const { rows, total, error, loadMore } = slices;
  const untouched = filter === NO_FILTER && kind === 'all';

  const restart = (change: () => void) => {
    change();
    // What is not seen must not be revoked.
    setSelected(NONE);
  };
  const revokeRows = async (targets: readonly AdminCredential[], reason: string) => {
    const ids = new Set(targets.map((row) => row.id));
    const count = await revokeAny({ ids: [...ids] }, reason);
    const revoked = {
      state: 'revoked',
      revoked_at: new Date().toISOString(),
      revoke_reason: reason,
    };
    slices.change((current) =>
      current.map((row) =>
        ids.has(row.id) && isLive(row) ? ({ ...row, ...revoked } as AdminCredential) : row,
      ),
    );
    setSelected(NONE);
    return count;
  };
  const accountOf = useMemo(() => (row: AdminCredential) => row.account.username, []);

  const body = () => {
    if (rows === undefined) return error === undefined && <ListSkeleton />;
    if (rows.length === 0) {
      if (untouched) return empty;
      return (
        <NoMatch
          onClear={() =>
            restart(() => {
              setFilter(NO_FILTER);
              setKind('all');
            })
          }
        />
      );
    }
    return (
      <>
        <CredentialTable
          label={label}
          kind={kind === 'all' ? undefined : kind}
          rows={rows}
          now={now}
          sort={sort}
          onSort={(next) => restart(() => setSort(next))}
          selected={selected}
          onSelect={setSelected}
          onShow={setShown}
          onRevoke={(row) => setTarget([row])}
          accountOf={accountOf}
          sortable={Object.keys(SORTS)}
          onEnd={loadMore}
          {...(total === undefined ? {} : { total })}
        />
        <p className="list-count muted" role="status">
          {list.shown(rows.length, total ?? rows.length)}
        </p>
      </>
    );
  };
  return (
    <>
      {error !== undefined && (
        <Banner
          tone="danger"
          error={error}
          action={<Button onPress={slices.reload}>{strings.common.tryAgain}</Button>}
        />
      )}
      <Card flush>
        <Toolbar
          searchLabel={words.search}
          filter={filter}
          onChange={(next) => restart(() => setFilter(next))}
          apps={apps}
          describe={(presented) => (presented.whole ? list.pasted : list.pastedBroken)}
        >
          <Select
            label={words.kind}
            hideLabel
            options={KINDS.map((id) => ({ id, label: words.kinds[id] }))}
            value={kind}
            onChange={(next) => restart(() => setKind(next))}
          />
          {toolbar?.(slices.reload)}
        </Toolbar>
        {body()}
      </Card>
      <SelectionBar
        count={selected.size}
        onRevoke={() => setTarget(rows?.filter((row) => selected.has(row.id)) ?? [])}
        onClear={() => setSelected(NONE)}
      />
      {shown && (
        <DetailsDialog
          row={shown}
          account={shown.account.username}
          onClose={() => setShown(undefined)}
          onRevoke={() => {
            setTarget([shown]);
            setShown(undefined);
          }}
        />
      )}
      {target && (
        <RevokeDialog
          title={titleOf(target, words.title.toLowerCase())}
          count={target.length}
          onClose={() => setTarget(undefined)}
          onRevoke={(reason) => revokeRows(target, reason)}
        />
      )}
    </>
  );
}

export function NoCredentials(props: {
  title: string;
  help: string;
  action?: ReactNode;
}): ReactNode {
  const { title, help, action } = props;
  return (
    <EmptyState icon="key" title={title} {...(action ? { action } : {})}>
      {help}
    </EmptyState>
  );
}
