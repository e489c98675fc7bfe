import type { ReactNode } from 'react';
import { navigate } from '../app/router';
import { lacksSecondStep, useSignedIn } from '../app/session';
import { strings } from '../strings';
import { Banner, Button, CopyButton, Dialog } from '../ui';
import { useWayBack } from './wayBack';

const s = strings.security;

function download(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'latchkey-recovery-codes.txt';
  link.click();
  URL.revokeObjectURL(url);
}

/**
 * Shown once: it closes by its button only, so that no stray key throws the codes away. Then one goes back to
 * the page that wanted a second step, if it was one.
 */
export function RecoveryCodes(props: { codes: readonly string[]; onDone: () => void }): ReactNode {
  const { codes, onDone } = props;
  const session = useSignedIn();
  const { account } = session;
  const back = useWayBack();
  const close = () => {
    onDone();
    if (back !== '' && !lacksSecondStep(session)) void navigate(back);
  };
  const file = () => `${s.codesFile(account.email)}\n\n${codes.join('\n')}\n`;
  return (
    <Dialog
      title={s.codesTitle}
      isOpen
      onClose={close}
      dismissable={false}
      footer={
        <Button variant="primary" onPress={close}>
          {s.codesKept}
        </Button>
      }
    >
      <Banner tone="warning">{s.codesHelp}</Banner>
      <ul className="codes print" aria-label={s.codesList}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="row">
        <CopyButton text={() => `${codes.join('\n')}\n`} label={s.copyCodesLabel}>
          {s.copyCodes}
        </CopyButton>
        <Button size="small" icon="download" onPress={() => download(file())}>
          {s.download}
        </Button>
        <Button size="small" icon="print" onPress={() => window.print()}>
          {s.print}
        </Button>
      </div>
    </Dialog>
  );
}
