import type { ReactNode } from 'react';
import { strings } from '../strings';
import { Banner, Button, CodeBlock, Dialog } from '../ui';
import type { AdminAccount, LinkAnswer } from './data';

const words = strings.admin.accounts;

/** What became of a one-time link: mailed, or shown once for the administrator to hand over. */
export function LinkDialog(props: {
  account: AdminAccount;
  answer: LinkAnswer;
  onClose: () => void;
}): ReactNode {
  const { account, answer, onClose } = props;
  return (
    <Dialog
      title={words.linkTitle}
      isOpen
      onClose={onClose}
      dismissable={false}
      size="wide"
      footer={
        <Button variant="primary" onPress={onClose}>
          {strings.common.done}
        </Button>
      }
    >
      <Banner tone="warning">{words.linkHelp(account.display_name || account.email)}</Banner>
      <CodeBlock code={answer.link ?? ''} copyLabel={words.copyLink} title={words.link} />
    </Dialog>
  );
}
