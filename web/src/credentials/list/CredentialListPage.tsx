import { type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import { useSignedIn } from '../../app/session';
import { strings } from '../../strings';
import { kinds } from '../../strings/credentials';
import {
  Banner,
  Button,
  Card,
  EmptyState,
  LinkButton,
  MenuButton,
  type MenuEntry,
  Page,
  type Sort,
} from '../../ui';
import './list.css';
import { PAGES, revoke, type Selection } from '../data';
import {
  type CredentialRow,
  type Filter,
  filterRows,
  type SortKey,
  sortRows,
} from '../model/listing';
import type { CredentialKind, Presented } from '../model/presented';
import { useAllRows } from '../useAllRows';
import { CredentialTable, isLive } from './CredentialTable';
import { DetailsDialog } from './DetailsDialog';
import { ListSkeleton } from './ListSkeleton';
import { NoMatch } from './NoMatch';
import { RevokeDialog, titleOf } from './RevokeDialog';
import { SelectionBar } from './SelectionBar';
import { Toolbar } from './Toolbar';

const words = strings.credentials;
const NO_FILTER: Filter = { query: '', state: 'all', app: '' };
const NEWEST: Sort = { column: 'created_at', descending: true };
const NONE: ReadonlySet<string> = new Set();

const TEXTS = {
  'api-token': {
    title: words.tokensTitle,
    help: words.tokensHelp,
    off: words.tokensOff,
    empty: words.empty.tokens,
    emptyHelp: words.empty.tokensHelp,
  },
  'app-password': {
    title: words.passwordsTitle,
    help: words.passwordsHelp,
    off: words.passwordsOff,
    empty: words.empty.passwords,
    emptyHelp: words.empty.passwordsHelp,
  },
} as const;

/** What is to be revoked: these rows, or everything. */
type Target = readonly CredentialRow[] | 'all';

function useView(rows: CredentialRow[] | undefined, filter: Filter, sort: Sort, now: number) {
  const wanted = useDeferredValue(filter);
  return useMemo(() => {
    const found = filterRows(rows ?? [], wanted, now);
    return sortRows(found, { key: sort.column as SortKey, descending: sort.descending });
  }, [rows, wanted, sort, now]);
}

export function CredentialListPage({ kind }: { kind: CredentialKind }): ReactNode {
  const { policy } = useSignedIn();
  const texts = TEXTS[kind];
  const allowed = kind === 'api-token' ? policy.api_tokens : policy.app_passwords;
  const { rows, complete, error, reload, change } = useAllRows(kind);
  const [now] = useState(() => Date.now());
  const [filter, setFilter] = useState(NO_FILTER);
  const [sort, setSort] = useState(NEWEST);
  const [selected, setSelected] = useState(NONE);
  const [shownId, setShownId] = useState<string>();
  const [target, setTarget] = useState<Target>();
  const view = useView(rows, filter, sort, now);
  const apps = useMemo(
    () => [...new Set(rows?.map((row) => row.app))].sort().map((app) => ({ app, title: app })),
    [rows],
  );
  const shown = rows?.find((row) => row.id === shownId);
  const live = rows?.filter(isLive).length ?? 0;

  const revokeNow = async (what: Target, reason: string): Promise<number> => {
    const ids = what === 'all' ? undefined : new Set(what.map((row) => row.id));
    const selection: Selection = ids ? { ids: [...ids] } : { all: true };
    const count = await revoke(kind, selection, reason);
    const revokedAt = new Date().toISOString();
    change((row) =>
      isLive(row) && (ids === undefined || ids.has(row.id))
        ? { ...row, state: 'revoked', revoked_at: revokedAt, revoke_reason: reason }
        : row,
    );
    setSelected(NONE);
    return count;
  };
  const create = (
    <LinkButton href={`${PAGES[kind]}/new`} variant="primary" icon="plus">
      {kinds[kind].create}
    </LinkButton>
  );
  const list = rows && (
    <>
      <Toolbar
        searchLabel={words.list.search}
        filter={filter}
        onChange={(next) => {
          setFilter(next);
          // What is not seen must not be revoked.
          setSelected(NONE);
        }}
        apps={apps}
        describe={(presented) => describePasted(presented, kind)}
      >
        <BulkMenu kind={kind} live={live} onReload={reload} onRevokeAll={() => setTarget('all')} />
      </Toolbar>
      {view.length > 0 ? (
        <CredentialTable
          label={texts.title}
          kind={kind}
          rows={view}
          now={now}
          sort={sort}
          onSort={setSort}
          selected={selected}
          onSelect={setSelected}
          onShow={(row) => setShownId(row.id)}
          onRevoke={(row) => setTarget([row])}
        />
      ) : (
        <NoMatch onClear={() => setFilter(NO_FILTER)} />
      )}
      <p className="list-count muted" role="status">
        {complete
          ? words.list.shown(view.length, rows.length)
          : words.list.loadingMore(rows.length)}
      </p>
    </>
  );
  const body = () => {
    if (rows === undefined) return error === undefined && <ListSkeleton />;
    if (rows.length > 0 || !complete) return list;
    return (
      <EmptyState
        icon={kind === 'api-token' ? 'key' : 'lock'}
        title={texts.empty}
        {...(allowed ? { action: create } : {})}
      >
        {texts.emptyHelp}
      </EmptyState>
    );
  };

  return (
    <Page
      title={texts.title}
      description={texts.help}
      wide
      {...(allowed ? { actions: create } : {})}
    >
      {!allowed && <Banner tone="warning">{texts.off}</Banner>}
      {error !== undefined && (
        <Banner
          tone="danger"
          error={error}
          action={<Button onPress={reload}>{strings.common.tryAgain}</Button>}
        >
          {rows !== undefined && words.list.partial}
        </Banner>
      )}
      <Card flush>{body()}</Card>
      <SelectionBar
        count={selected.size}
        onRevoke={() => setTarget(rows?.filter((row) => selected.has(row.id)) ?? [])}
        onClear={() => setSelected(NONE)}
      />
      {shown && (
        <DetailsDialog
          row={shown}
          onClose={() => setShownId(undefined)}
          onRevoke={() => {
            setShownId(undefined);
            setTarget([shown]);
          }}
          onRenamed={(next) => change((row) => (row.id === next.id ? next : row))}
        />
      )}
      {target && (
        <RevokeDialog
          title={
            target === 'all'
              ? words.revoke.titleAll(kinds[kind].shorts)
              : titleOf(target, kinds[kind].shorts)
          }
          count={target === 'all' ? undefined : target.length}
          onClose={() => setTarget(undefined)}
          onRevoke={(reason) => revokeNow(target, reason)}
        />
      )}
    </Page>
  );
}

function describePasted(presented: Presented, kind: CredentialKind): string {
  if (presented.kind !== kind) return words.list.pastedOther(kinds[presented.kind].article);
  return presented.whole ? words.list.pasted : words.list.pastedBroken;
}

function BulkMenu(props: {
  kind: CredentialKind;
  live: number;
  onReload: () => void;
  onRevokeAll: () => void;
}): ReactNode {
  const { kind, live, onReload, onRevokeAll } = props;
  const entries: MenuEntry[] = [
    { id: 'reload', label: words.list.reload, icon: 'refresh', onAction: onReload },
    {
      id: 'all',
      label: words.revoke.allOf(kinds[kind].shorts),
      icon: 'trash',
      danger: true,
      isDisabled: live === 0,
      onAction: onRevokeAll,
    },
  ];
  return <MenuButton label={words.list.bulk} groups={[{ id: 'bulk', entries }]} />;
}
