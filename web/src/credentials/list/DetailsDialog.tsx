import { type ReactNode, useState } from 'react';
import { useAction } from '../../api';
import { strings } from '../../strings';
import { kinds } from '../../strings/credentials';
import { Banner, Button, CopyButton, Dialog, TextField, Time, toast } from '../../ui';
import { rename } from '../data';
import { type CredentialRow, grantsOf } from '../model/listing';
import { NAME_MAX } from '../model/prefill';
import { isLive } from './CredentialTable';
import { ExpiryCell, StateBadge } from './cells';

const words = strings.credentials.details;

export interface DetailsDialogProps {
  row: CredentialRow;
  account?: string;
  onClose: () => void;
  onRevoke: () => void;
  /** Absent: it is somebody else's, and keeps its name. */
  onRenamed?: (row: CredentialRow) => void;
}

function Rename(props: { row: CredentialRow; onRenamed: (row: CredentialRow) => void }): ReactNode {
  const [name, setName] = useState(props.row.name);
  const action = useAction(async () => {
    props.onRenamed({ ...props.row, ...(await rename(props.row, name.trim())) });
    toast(words.renamed);
  });
  const changed = name.trim() !== '' && name.trim() !== props.row.name;
  return (
    <form
      className="rename"
      onSubmit={(event) => {
        event.preventDefault();
        if (changed) void action.run();
      }}
    >
      <TextField label={words.newName} value={name} onChange={setName} maxLength={NAME_MAX} />
      <Button type="submit" pending={action.pending} isDisabled={!changed}>
        {words.rename}
      </Button>
      {action.error !== undefined && <Banner tone="danger" error={action.error} />}
    </form>
  );
}

function UseFacts({ row }: { row: CredentialRow }): ReactNode {
  const list = strings.credentials.list;
  return (
    <>
      <dt>{list.lastUsed}</dt>
      <dd>{row.last_used_at ? <Time instant={row.last_used_at} form="full" /> : list.neverUsed}</dd>
      {row.last_used_at && (
        <>
          <dt>{words.usedFrom}</dt>
          <dd className="mono">{row.last_used_from ?? strings.common.unknown}</dd>
          <dt>{words.usedWith}</dt>
          <dd>{row.last_used_with || strings.common.unknown}</dd>
          <dt>{words.useCount}</dt>
          <dd>{(row.use_count ?? 0).toLocaleString('en')}</dd>
        </>
      )}
    </>
  );
}

function RevokedFacts({ row }: { row: CredentialRow }): ReactNode {
  if (!row.revoked_at) return null;
  return (
    <>
      <dt>{words.revoked}</dt>
      <dd>
        <Time instant={row.revoked_at} form="full" />
      </dd>
      <dt>{words.reason}</dt>
      <dd>{row.revoke_reason || words.noReason}</dd>
    </>
  );
}

export function DetailsDialog(props: DetailsDialogProps): ReactNode {
  const { row, account, onClose, onRevoke, onRenamed } = props;
  const kind = kinds[row.kind];
  const list = strings.credentials.list;
  return (
    <Dialog
      title={row.name}
      isOpen
      onClose={onClose}
      size="wide"
      footer={
        <>
          {isLive(row) && (
            <Button variant="danger-quiet" icon="trash" onPress={onRevoke}>
              {strings.credentials.revoke.one}
            </Button>
          )}
          <Button onPress={onClose}>{strings.common.close}</Button>
        </>
      }
    >
      {onRenamed && <Rename key={row.id} row={row} onRenamed={onRenamed} />}
      <dl className="facts">
        <dt>{list.state}</dt>
        <dd>
          <StateBadge row={row} />
        </dd>
        <dt>{words.id}</dt>
        <dd className="row">
          <code>{row.id}</code>
          <CopyButton text={() => row.id} label={words.copyId} variant="quiet" />
        </dd>
        {account && (
          <>
            <dt>{list.account}</dt>
            <dd>{account}</dd>
          </>
        )}
        <dt>{list.app}</dt>
        <dd>{row.app}</dd>
        <dt>{kind.grants}</dt>
        <dd>
          <ul className="grant-list">
            {grantsOf(row).map((grant) => (
              <li key={grant}>
                <code>{grant}</code>
              </li>
            ))}
          </ul>
        </dd>
        <dt>{list.created}</dt>
        <dd>
          <Time instant={row.created_at} form="full" />
        </dd>
        <dt>{list.expires}</dt>
        <dd>
          <ExpiryCell row={row} now={Date.now()} />
        </dd>
        <UseFacts row={row} />
        <RevokedFacts row={row} />
      </dl>
      <p className="muted">{words.secretGone}</p>
    </Dialog>
  );
}
