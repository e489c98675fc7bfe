import { type ReactNode, useState } from 'react';
import { ListSkeleton } from '../credentials/list/ListSkeleton';
import { findPresented } from '../credentials/model/presented';
import { strings } from '../strings';
import {
  Banner,
  Button,
  Card,
  type Column,
  Dialog,
  EmptyState,
  LinkButton,
  Page,
  SearchField,
  Select,
  Table,
  TextField,
  Time,
} from '../ui';
import '../credentials/list/list.css';
import './admin.css';
import { type ChangeEntry, type ChangeQuery, exportHref, loadChanges } from './data';
import { useSlices } from './useSlices';

const words = strings.admin.audit;
type ActionGroup = keyof typeof words.actions;
const ACTIONS = Object.keys(words.actions) as ActionGroup[];
const NO_FILTER = { q: '', actor: '', action: '' as ActionGroup, since: '', until: '' };
type Filter = typeof NO_FILTER;
const TYPING_MS = 250;

/** The midnight that ends a day. */
const endOfDay = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString();

/** The server knows instants; `until` is the first one that is too late. */
function queryOf(filter: Filter): ChangeQuery {
  const { since, until, ...rest } = filter;
  return {
    ...rest,
    since: since && `${since}T00:00:00Z`,
    until: until && endOfDay(until),
  };
}

const actorOf = (change: ChangeEntry): string => {
  if (change.actor.startsWith('cli:')) return `${words.commandLine} (${change.actor.slice(4)})`;
  return change.actor_name || change.actor;
};

/** What was done, in words; the server's own word where these pages know none. */
const deedOf = (action: string): ReactNode =>
  Object.hasOwn(words.deeds, action) ? (
    words.deeds[action as keyof typeof words.deeds]
  ) : (
    <code>{action}</code>
  );

function subjectOf(change: ChangeEntry): { name: string; id: string } {
  const { subject } = change;
  if (!subject) return { name: '', id: '' };
  if (typeof subject === 'string') return { name: subject, id: '' };
  return { name: subject.name || subject.kind, id: subject.id };
}

function DayField(props: {
  label: string;
  value: string;
  onChange: (day: string) => void;
}): ReactNode {
  return (
    <label className="field audit-day">
      <span className="field-label">{props.label}</span>
      <input
        type="date"
        className="input"
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </label>
  );
}

function Filters(props: { filter: Filter; onChange: (filter: Filter) => void }): ReactNode {
  const { filter, onChange } = props;
  const change = (changes: Partial<Filter>) => onChange({ ...filter, ...changes });
  // A pasted secret is looked for by its public id, here as in every list.
  const search = (q: string) => change({ q: findPresented(q)?.id ?? q });
  return (
    <div className="audit-filters">
      <SearchField label={words.search} showLabel value={filter.q} onChange={search} />
      <Select
        label={words.action}
        options={ACTIONS.map((id) => ({ id, label: words.actions[id] }))}
        value={filter.action}
        onChange={(action) => change({ action })}
      />
      <TextField
        label={words.actor}
        value={filter.actor}
        onChange={(actor) => change({ actor })}
        placeholder={words.actorHint}
      />
      <DayField label={words.since} value={filter.since} onChange={(since) => change({ since })} />
      <DayField label={words.until} value={filter.until} onChange={(until) => change({ until })} />
    </div>
  );
}

function Details(props: { change: ChangeEntry; onClose: () => void }): ReactNode {
  const { change, onClose } = props;
  const subject = subjectOf(change);
  const facts: [string, ReactNode][] = [
    [words.at, <Time key="at" instant={change.at} form="full" />],
    [words.action, deedOf(change.action)],
    [words.code, <code key="action">{change.action}</code>],
    [words.actor, actorOf(change)],
    [words.actorId, <code key="actor">{change.actor}</code>],
    [words.subject, `${subject.name} ${subject.id}`.trim()],
    [words.from, change.origin],
    [words.request, change.request_id],
    [words.note, change.note],
  ];
  return (
    <Dialog
      title={words.details(change.seq)}
      isOpen
      onClose={onClose}
      footer={<Button onPress={onClose}>{strings.common.close}</Button>}
    >
      <dl className="facts">
        {facts.map(([title, value]) => (
          <div key={title} className="facts-pair">
            <dt>{title}</dt>
            <dd>{value || '–'}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

function columnsOf(onShow: (change: ChangeEntry) => void): Column<ChangeEntry>[] {
  return [
    {
      id: 'action',
      title: words.action,
      render: (change) => (
        <button type="button" className="cell-name" onClick={() => onShow(change)}>
          {deedOf(change.action)}
        </button>
      ),
    },
    {
      id: 'at',
      title: words.at,
      render: (change) => <Time instant={change.at} form="full" />,
    },
    { id: 'actor', title: words.actor, render: actorOf },
    {
      id: 'subject',
      title: words.subject,
      render: (change) => {
        const { name, id } = subjectOf(change);
        return (
          <span className="cell-stack">
            <span>{name}</span>
            <code className="cell-minor">{id}</code>
          </span>
        );
      },
    },
    {
      id: 'from',
      title: words.from,
      render: (change) => change.origin || <span className="muted">–</span>,
    },
    {
      id: 'note',
      title: words.note,
      render: (change) => change.note || <span className="muted">–</span>,
    },
    {
      id: 'seq',
      title: words.seq,
      align: 'end',
      render: (change) => <span className="muted">{change.seq.toLocaleString('en')}</span>,
    },
  ];
}

export default function AuditPage(): ReactNode {
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const [shown, setShown] = useState<ChangeEntry>();
  const query = queryOf(filter);
  const typing = filter.q !== '' || filter.actor !== '';
  const list = useSlices<ChangeEntry>(
    (before, signal) => loadChanges(query, before, signal),
    JSON.stringify(query),
    typing ? TYPING_MS : 0,
  );
  const body = () => {
    if (list.rows === undefined) return list.error === undefined && <ListSkeleton />;
    if (list.rows.length === 0) {
      return (
        <EmptyState
          icon="scroll"
          title={words.none}
          action={<Button onPress={() => setFilter(NO_FILTER)}>{words.clear}</Button>}
        >
          {words.noneHelp}
        </EmptyState>
      );
    }
    return (
      <Table
        label={words.title}
        columns={columnsOf(setShown)}
        rows={list.rows}
        rowKey={(change) => String(change.seq)}
      />
    );
  };
  return (
    <Page
      title={words.title}
      description={words.help}
      wide
      actions={
        <>
          <LinkButton href={exportHref(query, 'csv')} icon="download" download>
            {words.exportCsv}
          </LinkButton>
          <LinkButton href={exportHref(query, 'ndjson')} icon="download" download>
            {words.exportLines}
          </LinkButton>
        </>
      }
    >
      {list.error !== undefined && (
        <Banner
          tone="danger"
          error={list.error}
          action={<Button onPress={list.reload}>{strings.common.tryAgain}</Button>}
        />
      )}
      <Card flush>
        <Filters filter={filter} onChange={setFilter} />
        {body()}
        {list.more && (
          <div className="list-more">
            <Button pending={list.loading} onPress={list.loadMore}>
              {words.more}
            </Button>
          </div>
        )}
      </Card>
      {shown && <Details change={shown} onClose={() => setShown(undefined)} />}
    </Page>
  );
}
