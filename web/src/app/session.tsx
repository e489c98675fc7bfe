import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react';
import { api, isSilent, type SignedIn, type SignedOut, type SignInOffer } from '../api';
import { keepLook } from '../theme/theme';

export interface SessionState {
  /** undefined until the server has said. */
  current: SignedIn | SignedOut | undefined;
  error: unknown;
  /** Asks the server again. */
  refresh: () => Promise<SignedIn | SignedOut>;
  /** Takes over what an answer said. */
  set: (session: SignedIn | SignedOut) => void;
  signOut: () => Promise<void>;
}

const SessionContext = createContext<SessionState | undefined>(undefined);

const NO_OFFER: SignInOffer = { password: true, passkey: false, oidc: [], mail: false };

export function SessionProvider(props: { children: ReactNode }): ReactNode {
  const [current, setCurrent] = useState<SignedIn | SignedOut>();
  const [error, setError] = useState<unknown>();

  const refresh = useCallback(async () => {
    const answer = await api.get<SignedIn | SignedOut>('/api/v1/session', { interactive: false });
    // Where a session ended meanwhile, the page stays as it is, with what was typed: its next request
    // opens the sign-in dialog.
    setCurrent((before) => (before?.signed_in && !answer.signed_in ? before : answer));
    setError(undefined);
    return answer;
  }, []);

  const signOut = useCallback(async () => {
    await api.delete('/api/v1/session', { interactive: false }).catch((reason: unknown) => {
      // An ended session needs no end; anything else must be seen.
      if (!(reason instanceof Error) || !('status' in reason) || reason.status !== 401)
        throw reason;
    });
    // The answer clears this site's storage, the look of this device with it.
    keepLook();
    // A whole new page: nothing of the old session stays in memory.
    location.assign('/login');
  }, []);

  useEffect(() => {
    refresh().catch((reason: unknown) => {
      if (!isSilent(reason)) setError(reason);
    });
  }, [refresh]);

  const value = useMemo(
    () => ({ current, error, refresh, set: setCurrent, signOut }),
    [current, error, refresh, signOut],
  );
  return <SessionContext value={value}>{props.children}</SessionContext>;
}

export function useSession(): SessionState {
  const state = useContext(SessionContext);
  if (!state) throw new Error('useSession stands outside of SessionProvider');
  return state;
}

/** The session of a page that is shown only to whoever is signed in. */
export function useSignedIn(): SignedIn {
  const { current } = useSession();
  if (!current?.signed_in) throw new Error('useSignedIn stands on a page for everybody');
  return current;
}

/** Whether policy opens nothing to this person but setting a second step up. */
export function lacksSecondStep({ policy, second_step }: SignedIn): boolean {
  return policy.second_step_required && !second_step.totp && second_step.passkeys === 0;
}

/** What signing in is offered; while signed in, the password. */
export function useSignInOffer(): SignInOffer {
  const { current } = useSession();
  return current && !current.signed_in ? current.sign_in : NO_OFFER;
}
