import { type FormEvent, type ReactNode, useState } from 'react';
import {
  api,
  type CreationOptionsJson,
  hasPasskeys,
  type List,
  makePasskey,
  type Passkey,
  useAction,
  useResource,
} from '../api';
import { useSession } from '../app/session';
import { strings } from '../strings';
import {
  Banner,
  Button,
  Card,
  ConfirmDialog,
  Dialog,
  Icon,
  IconButton,
  SkeletonEntries,
  TextField,
  Time,
  toast,
} from '../ui';
import { RecoveryCodes } from './RecoveryCodes';
import { RenameDialog } from './RenameDialog';

const s = strings.security;
const PATH = '/api/v1/me/passkeys';

interface AddDialogProps {
  options: CreationOptionsJson;
  onClose: () => void;
  onAdded: (codes: string[] | undefined) => void;
}

function AddDialog({ options, onClose, onAdded }: AddDialogProps): ReactNode {
  const [name, setName] = useState('');
  const [checked, setChecked] = useState(false);
  const action = useAction(async () => {
    const credential = await makePasskey(options);
    const answer = await api.post<{ recovery_codes?: string[] }>(PATH, {
      name: name.trim(),
      credential,
    });
    onAdded(answer.recovery_codes);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (name.trim() !== '') void action.run();
  };
  return (
    <Dialog title={s.addPasskey} isOpen onClose={onClose}>
      <form className="stack" onSubmit={submit} noValidate>
        <p className="muted">{s.addPasskeyHelp}</p>
        {action.error !== undefined && <Banner tone="danger" error={action.error} />}
        <TextField
          label={s.passkeyName}
          hint={s.passkeyNameHint}
          value={name}
          onChange={setName}
          maxLength={100}
          error={checked && name.trim() === '' ? s.needPasskeyName : undefined}
          autoFocus
        />
        <Button type="submit" variant="primary" block icon="passkey" pending={action.pending}>
          {s.addPasskey}
        </Button>
      </form>
    </Dialog>
  );
}

interface EntryProps {
  passkey: Passkey;
  onRename: () => void;
  onRemove: () => void;
}

function Entry({ passkey, onRename, onRemove }: EntryProps): ReactNode {
  return (
    <li className="entry">
      <span className="entry-icon">
        <Icon name="passkey" />
      </span>
      <div className="entry-text">
        <div className="entry-title">{passkey.name}</div>
        <div className="entry-detail">
          {s.added} <Time instant={passkey.added_at} />,{' '}
          {passkey.last_used_at ? (
            <>
              {s.lastUsed} <Time instant={passkey.last_used_at} form="relative" />
            </>
          ) : (
            s.notUsed
          )}
          {passkey.backup_eligible !== null &&
            `, ${passkey.backup_eligible ? s.passkeyCopies.many : s.passkeyCopies.one}`}
        </div>
      </div>
      <div className="entry-actions">
        <IconButton
          icon="pencil"
          size="small"
          label={s.renamePasskey(passkey.name)}
          onPress={onRename}
        />
        <IconButton
          icon="trash"
          size="small"
          label={s.removePasskey(passkey.name)}
          onPress={onRemove}
        />
      </div>
    </li>
  );
}

export function PasskeysCard(): ReactNode {
  const { refresh } = useSession();
  const list = useResource((signal) => api.get<List<Passkey>>(PATH, { signal }), []);
  const [options, setOptions] = useState<CreationOptionsJson>();
  const [codes, setCodes] = useState<string[]>();
  const [renaming, setRenaming] = useState<Passkey>();
  const [removing, setRemoving] = useState<Passkey>();

  // Asked for before the dialog opens: the proof that it may want comes first.
  const begin = useAction(async () => {
    const answer = await api.post<{ publicKey: CreationOptionsJson }>(`${PATH}/options`);
    setOptions(answer.publicKey);
  });
  const changed = async () => {
    list.reload();
    await refresh();
  };
  const added = (fresh: string[] | undefined) => {
    setOptions(undefined);
    toast(s.passkeyAdded);
    setCodes(fresh);
    void changed();
  };
  const add = hasPasskeys() && (
    <Button icon="plus" pending={begin.pending} onPress={() => void begin.run()}>
      {s.addPasskey}
    </Button>
  );
  const passkeys = list.data?.values;
  return (
    <Card title={s.passkeys} description={s.passkeysHelp} action={add}>
      <div className="stack">
        {!hasPasskeys() && <Banner tone="info">{s.noPasskeySupport}</Banner>}
        {begin.error !== undefined && <Banner tone="danger" error={begin.error} />}
        {list.error !== undefined && <Banner tone="danger" error={list.error} />}
        {passkeys === undefined && list.error === undefined && <SkeletonEntries count={1} />}
        {passkeys?.length === 0 && <p className="muted">{s.noPasskeys}</p>}
        {passkeys !== undefined && passkeys.length > 0 && (
          <ul className="entries">
            {passkeys.map((passkey) => (
              <Entry
                key={passkey.id}
                passkey={passkey}
                onRename={() => setRenaming(passkey)}
                onRemove={() => setRemoving(passkey)}
              />
            ))}
          </ul>
        )}
      </div>
      {options && (
        <AddDialog options={options} onClose={() => setOptions(undefined)} onAdded={added} />
      )}
      {codes && <RecoveryCodes codes={codes} onDone={() => setCodes(undefined)} />}
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
        title={s.removePasskeyTitle}
        isOpen={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        confirm={strings.common.remove}
        onConfirm={async () => {
          await api.delete(`${PATH}/${removing?.id}`);
          toast(s.passkeyRemoved);
          await changed();
        }}
      >
        <p>{s.removePasskeyHelp(removing?.name ?? '')}</p>
      </ConfirmDialog>
    </Card>
  );
}
