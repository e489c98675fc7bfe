import { type ReactNode, useState } from 'react';
import { ListSkeleton } from '../credentials/list/ListSkeleton';
import { strings } from '../strings';
import {
  Banner,
  Button,
  Card,
  EmptyState,
  type IconName,
  Page,
  SearchField,
  Select,
  toast,
} from '../ui';
import '../credentials/list/list.css';
import './admin.css';
import { AccountTable } from './AccountTable';
import { type AdminAccount, type LinkAnswer, loadAccounts } from './data';
import { NewAccountDialog } from './NewAccountDialog';
import { useAccountActions } from './useAccountActions';
import { useSlices } from './useSlices';

const words = strings.admin.accounts;
const STATES = ['all', 'active', 'suspended'] as const;
const TYPING_MS = 200;

export interface AccountListProps {
  kind: AdminAccount['kind'];
  title: string;
  help: string;
  create: string;
  /** Shown while there is no account of the kind at all. */
  empty: { icon: IconName; title: string; help: string };
  hrefOf?: (account: AdminAccount) => string;
}

/** The accounts of one kind, as far as search and filter let them through. */
export function AccountList(props: AccountListProps): ReactNode {
  const { kind, title, help, create, empty, hrefOf } = props;
  const [query, setQuery] = useState('');
  const [state, setState] = useState<(typeof STATES)[number]>('all');
  const [adding, setAdding] = useState(false);
  const filter = { kind, q: query.trim(), state: state === 'all' ? '' : state };
  const list = useSlices<AdminAccount>(
    (after, signal) => loadAccounts(filter, after, signal),
    JSON.stringify(filter),
    query ? TYPING_MS : 0,
  );
  const actions = useAccountActions((changed) =>
    list.change((rows) => rows.map((row) => (row.id === changed.id ? changed : row))),
  );
  const onCreated = (answer: LinkAnswer & { account: AdminAccount }) => {
    setAdding(false);
    list.change((rows) => [answer.account, ...rows]);
    if (kind === 'person') actions.showLink(answer.account, answer);
    else toast(strings.admin.services.made);
  };
  const filtered = filter.q !== '' || filter.state !== '';
  const add = (
    <Button variant="primary" icon="plus" onPress={() => setAdding(true)}>
      {create}
    </Button>
  );
  const body = () => {
    if (list.rows === undefined) return list.error === undefined && <ListSkeleton />;
    if (list.rows.length > 0) {
      return (
        <AccountTable
          label={title}
          accounts={list.rows}
          menuOf={actions.menuOf}
          {...(hrefOf ? { hrefOf } : {})}
        />
      );
    }
    return filtered ? (
      <EmptyState icon="search" title={words.none}>
        {words.noneHelp}
      </EmptyState>
    ) : (
      <EmptyState icon={empty.icon} title={empty.title} action={add}>
        {empty.help}
      </EmptyState>
    );
  };
  return (
    <Page title={title} description={help} wide actions={add}>
      {list.error !== undefined && (
        <Banner
          tone="danger"
          error={list.error}
          action={<Button onPress={list.reload}>{strings.common.tryAgain}</Button>}
        />
      )}
      <Card flush>
        <div className="list-toolbar">
          <div className="secret-search">
            <SearchField label={words.search} value={query} onChange={setQuery} />
          </div>
          <Select
            label={words.state}
            hideLabel
            options={STATES.map((id) => ({ id, label: words.states[id] }))}
            value={state}
            onChange={setState}
          />
        </div>
        {body()}
        {list.more && (
          <div className="list-more">
            <Button pending={list.loading} onPress={list.loadMore}>
              {words.more}
            </Button>
          </div>
        )}
      </Card>
      {adding && (
        <NewAccountDialog kind={kind} onClose={() => setAdding(false)} onCreated={onCreated} />
      )}
      {actions.dialog}
    </Page>
  );
}
