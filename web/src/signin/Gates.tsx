import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { type SecondStepMethod, type SignedIn, setGate } from '../api';
import { useSession } from '../app/session';
import { strings } from '../strings';
import { Banner, Dialog } from '../ui';
import { ConfirmItIsYou } from './ConfirmItIsYou';
import { Elsewhere } from './Elsewhere';
import { PasswordStep } from './PasswordStep';
import { SecondStep } from './SecondStep';

const s = strings.signIn;

type Kind = 'sign-in-required' | 'reauthentication-required';

interface Waiting {
  kind: Kind;
  end: (passed: boolean) => void;
}

/**
 * The two dialogs that a request may open (see api/client.ts). They stand over the page, so that
 * nothing typed is lost, and the request goes on when they are done.
 */
export function Gates(): ReactNode {
  const [waiting, setWaiting] = useState<Waiting>();

  useEffect(() => {
    const gate = (kind: Kind) => () =>
      new Promise<boolean>((resolve) => {
        setWaiting({
          kind,
          end: (passed) => {
            setWaiting(undefined);
            resolve(passed);
          },
        });
      });
    setGate('sign-in-required', gate('sign-in-required'));
    setGate('reauthentication-required', gate('reauthentication-required'));
  }, []);

  if (waiting === undefined) return null;
  if (waiting.kind === 'sign-in-required') return <SessionEnded end={waiting.end} />;
  return (
    <Dialog title={s.confirmTitle} isOpen onClose={() => waiting.end(false)}>
      <ConfirmItIsYou onDone={() => waiting.end(true)} />
    </Dialog>
  );
}

function SessionEnded({ end }: { end: (passed: boolean) => void }): ReactNode {
  const { current, set } = useSession();
  const [methods, setMethods] = useState<readonly SecondStepMethod[]>();
  const before = useRef(current?.signed_in ? current.account : undefined);

  const onDone = useCallback(
    (answer: SignedIn) => {
      // What somebody else typed is not theirs to see.
      if (before.current && before.current.id !== answer.account.id) {
        location.assign('/');
        return;
      }
      set(answer);
      end(true);
    },
    [set, end],
  );
  const [over, setOver] = useState(false);
  const onOver = useCallback(() => {
    setMethods(undefined);
    setOver(true);
  }, []);
  return (
    <Dialog title={s.sessionEnded} isOpen onClose={() => end(false)}>
      <p className="muted">{s.sessionEndedHelp}</p>
      {methods ? (
        <SecondStep methods={methods} onDone={onDone} onOver={onOver} />
      ) : (
        <div className="stack">
          <PasswordStep
            offer={{ password: true, passkey: true, oidc: [], mail: false }}
            onDone={onDone}
            onSecondStep={(wanted) => setMethods(wanted.methods)}
            notice={over && <Banner tone="warning">{s.errors['attempt-over']}</Banner>}
            {...(before.current ? { user: before.current.email } : {})}
          />
          <Elsewhere onDone={onDone} />
        </div>
      )}
    </Dialog>
  );
}
