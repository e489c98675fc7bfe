import { type ReactNode, useState } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useAction } from '../api';
import { strings } from '../strings';
import { Banner } from './Banner';
import { Button, IconButton } from './Button';
import { TextField } from './fields';

export interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  size?: 'medium' | 'wide';
  /** alertdialog: it must be answered; a press beside it does not close it. */
  role?: 'dialog' | 'alertdialog';
  /** False where closing must be a decision: Escape and a press beside it do nothing. */
  dismissable?: boolean;
}

/** Modal; focus goes into it and comes back to where it was. */
export function Dialog(props: DialogProps): ReactNode {
  const {
    title,
    isOpen,
    onClose,
    children,
    footer,
    size = 'medium',
    role = 'dialog',
    dismissable = true,
  } = props;
  return (
    <ModalOverlay
      className="veil"
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable={dismissable && role === 'dialog'}
      isKeyboardDismissDisabled={!dismissable}
    >
      <Modal className="dialog-box" data-size={size}>
        <AriaDialog className="dialog" role={role}>
          <div className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            {dismissable && (
              <IconButton
                icon="close"
                label={strings.common.close}
                size="small"
                onPress={onClose}
              />
            )}
          </div>
          <div className="dialog-body">{children}</div>
          {footer && <div className="dialog-foot">{footer}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export interface ConfirmDialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  confirm: string;
  tone?: 'danger' | 'primary';
  /** Asks for a reason, which goes with the change into the audit log. */
  reason?: { label: string; hint?: string };
  onConfirm: (reason: string) => Promise<void>;
}

/** Asks before something that cannot be taken back; stays open and says why where it failed. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactNode {
  const { title, isOpen, onClose, children, confirm, tone = 'danger', reason } = props;
  const [text, setText] = useState('');
  const action = useAction(async () => {
    await props.onConfirm(text.trim());
    setText('');
    onClose();
  });
  const close = () => {
    action.clear();
    onClose();
  };
  return (
    <Dialog
      title={title}
      isOpen={isOpen}
      onClose={close}
      role="alertdialog"
      footer={
        <>
          <Button onPress={close} autoFocus={!reason}>
            {strings.common.cancel}
          </Button>
          <Button variant={tone} pending={action.pending} onPress={() => void action.run()}>
            {confirm}
          </Button>
        </>
      }
    >
      <div className="stack-tight">{children}</div>
      {reason && (
        <TextField
          label={reason.label}
          value={text}
          onChange={setText}
          maxLength={200}
          optional
          autoFocus
          {...(reason.hint ? { hint: reason.hint } : {})}
        />
      )}
      {action.error !== undefined && <Banner tone="danger" error={action.error} />}
    </Dialog>
  );
}
