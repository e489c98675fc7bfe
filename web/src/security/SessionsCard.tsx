import { type ReactNode, useState } from 'react';
import { api, type List, type SessionEntry, useAction, useResource } from '../api';
import { strings } from '../strings';
import {
  Badge,
  Banner,
  Button,
  Card,
  ConfirmDialog,
  Icon,
  IconButton,
  SkeletonEntries,
  Time,
  toast,
} from '../ui';
import { RenameDialog } from './RenameDialog';

const s = strings.security;
const PATH = '/api/v1/sessions';

interface EntryProps {
  session: SessionEntry;
  onRename: () => void;
  onEnded: () => void;
}

const isPhone = (session: SessionEntry): boolean =>
  /mobile|iphone|android/i.test(session.user_agent);

function Entry({ session, onRename, onEnded }: EntryProps): ReactNode {
  const end = useAction(async () => {
    await api.delete(`${PATH}/${session.id}`);
    toast(s.sessionEnded);
    onEnded();
  });
  const methods = session.methods.map((method) => s.methods[method] ?? method).join(', ');
  return (
    <li className="entry">
      <span className="entry-icon">
        <Icon name={isPhone(session) ? 'phone' : 'laptop'} />
      </span>
      <div className="entry-text">
        <div className="entry-title">
          {session.name}
          {session.current && <Badge tone="accent">{s.thisSession}</Badge>}
        </div>
        <div className="entry-detail">
          {session.address} · {s.signedIn} <Time instant={session.created_at} /> {s.by} {methods}
          {!session.current && (
            <>
              {' · '}
              {s.lastSeen} <Time instant={session.last_seen_at} form="relative" />
            </>
          )}
        </div>
        {end.error !== undefined && <Banner tone="danger" error={end.error} />}
      </div>
      <div className="entry-actions">
        <IconButton
          icon="pencil"
          size="small"
          label={s.renameSession(session.name)}
          onPress={onRename}
        />
        {!session.current && (
          <Button
            size="small"
            variant="danger-quiet"
            label={s.endSessionLabel(session.name)}
            pending={end.pending}
            onPress={() => void end.run()}
          >
            {s.endSession}
          </Button>
        )}
      </div>
    </li>
  );
}

export function SessionsCard(): ReactNode {
  const list = useResource((signal) => api.get<List<SessionEntry>>(PATH, { signal }), []);
  const [renaming, setRenaming] = useState<SessionEntry>();
  const [ending, setEnding] = useState(false);
  // The one that is looked from comes first.
  const sessions =
    list.data && [...list.data.values].sort((a, b) => Number(b.current) - Number(a.current));
  return (
    <Card
      title={s.sessions}
      description={s.sessionsHelp}
      action={
        sessions !== undefined &&
        sessions.length > 1 && <Button onPress={() => setEnding(true)}>{s.endOthers}</Button>
      }
    >
      {list.error !== undefined && <Banner tone="danger" error={list.error} />}
      {sessions === undefined && list.error === undefined && <SkeletonEntries count={2} />}
      {sessions && (
        <ul className="entries">
          {sessions.map((session) => (
            <Entry
              key={session.id}
              session={session}
              onRename={() => setRenaming(session)}
              onEnded={list.reload}
            />
          ))}
        </ul>
      )}
      {renaming && (
        <RenameDialog
          name={renaming.name}
          onClose={() => setRenaming(undefined)}
          onRename={async (name) => {
            await api.patch(`${PATH}/${renaming.id}`, { name });
            list.reload();
          }}
        />
      )}
      <ConfirmDialog
        title={s.endOthersTitle}
        isOpen={ending}
        onClose={() => setEnding(false)}
        confirm={s.endOthers}
        onConfirm={async () => {
          await api.delete(PATH, { query: { others: true } });
          toast(s.othersEnded);
          list.reload();
        }}
      >
        <p>{s.endOthersHelp}</p>
      </ConfirmDialog>
    </Card>
  );
}
