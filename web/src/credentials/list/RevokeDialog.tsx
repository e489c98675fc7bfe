import type { ReactNode } from 'react';
import { strings } from '../../strings';
import { ConfirmDialog, toast } from '../../ui';
import type { CredentialRow } from '../model/listing';

const words = strings.credentials.revoke;

/** The question for these rows; `shorts` is what several of them are called. */
export function titleOf(rows: readonly CredentialRow[], shorts: string): string {
  const [first] = rows;
  return rows.length === 1 && first
    ? words.titleOne(first.name)
    : words.titleMany(rows.length, shorts);
}

export interface RevokeDialogProps {
  title: string;
  /** How many; undefined: all. */
  count: number | undefined;
  onClose: () => void;
  /** Revokes, and says how many there were. */
  onRevoke: (reason: string) => Promise<number>;
}

export function RevokeDialog(props: RevokeDialogProps): ReactNode {
  const { title, count, onClose, onRevoke } = props;
  const confirm = count === undefined ? words.all : count === 1 ? words.one : words.many(count);
  return (
    <ConfirmDialog
      title={title}
      isOpen
      onClose={onClose}
      confirm={confirm}
      reason={{ label: words.reason, hint: words.reasonHint }}
      onConfirm={async (reason) => toast(words.done(await onRevoke(reason)))}
    >
      <p>{count === 1 ? words.help : words.helpMany}</p>
    </ConfirmDialog>
  );
}
