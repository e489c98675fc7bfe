import { type FormEvent, type ReactNode, useState } from 'react';
import { useAction } from '../api';
import { strings } from '../strings';
import { Banner, Button, Dialog, TextField, toast } from '../ui';

const s = strings.security;

export interface RenameDialogProps {
  name: string;
  onClose: () => void;
  onRename: (name: string) => Promise<void>;
}

export function RenameDialog({ name, onClose, onRename }: RenameDialogProps): ReactNode {
  const [text, setText] = useState(name);
  const [checked, setChecked] = useState(false);
  const action = useAction(async () => {
    await onRename(text.trim());
    toast(s.renamed);
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (text.trim() !== '') void action.run();
  };
  return (
    <Dialog title={s.renameTitle} isOpen onClose={onClose}>
      <form className="stack" onSubmit={submit} noValidate>
        {action.error !== undefined && <Banner tone="danger" error={action.error} />}
        <TextField
          label={s.passkeyName}
          value={text}
          onChange={setText}
          maxLength={100}
          error={checked && text.trim() === '' ? s.needPasskeyName : undefined}
          autoFocus
        />
        <Button type="submit" variant="primary" block pending={action.pending}>
          {strings.common.save}
        </Button>
      </form>
    </Dialog>
  );
}
