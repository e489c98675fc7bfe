import { type ReactNode, useCallback, useEffect } from 'react';
import type { SecondStepMethod, SignedIn } from '../api';
import { internalPath, navigate, usePlace, useSearch } from '../app/router';
import { useSession, useSignInOffer } from '../app/session';
import { strings } from '../strings';
import { Banner, Card, Page, TextLink } from '../ui';
import { PasswordStep } from './PasswordStep';
import { SecondStep } from './SecondStep';

const s = strings.signIn;

const ALL_METHODS: SecondStepMethod[] = ['totp', 'passkey', 'recovery-code'];

// What the attempt in progress may use. After a reload it is unknown, and everything is offered; the
// server keeps the attempt by its cookie.
let methods: readonly SecondStepMethod[] = ALL_METHODS;

function errorText(code: string | null): string | undefined {
  return code === null ? undefined : (s.errors[code] ?? s.errorOther);
}

export default function LoginPage(): ReactNode {
  const { path, search } = usePlace();
  const [parameters] = useSearch();
  const session = useSession();
  const offer = useSignInOffer();
  const next = internalPath(parameters.get('next'), '/');
  const signedIn = session.current?.signed_in ?? false;

  useEffect(() => {
    if (signedIn) void navigate(next, { replace: true });
  }, [signedIn, next]);

  const onDone = useCallback((answer: SignedIn) => session.set(answer), [session]);
  const onOver = useCallback(() => {
    const again = new URLSearchParams({ next, error: 'attempt-over' });
    void navigate(`/login?${again}`, { replace: true });
  }, [next]);

  if (path === '/login/second-step') {
    return (
      <Page title={s.secondTitle} description={s.secondHelp}>
        <Card>
          <SecondStep methods={methods} onDone={onDone} onOver={onOver} />
        </Card>
        <div>
          <TextLink href={`/login${search}`}>{s.startAgain}</TextLink>
        </div>
      </Page>
    );
  }
  const error = errorText(parameters.get('error'));
  return (
    <Page title={s.title}>
      <Card>
        <PasswordStep
          offer={offer}
          next={next}
          onDone={onDone}
          onSecondStep={(wanted) => {
            methods = wanted.methods;
            void navigate(`/login/second-step?${new URLSearchParams({ next })}`);
          }}
          notice={error && <Banner tone="warning">{error}</Banner>}
        />
      </Card>
    </Page>
  );
}
