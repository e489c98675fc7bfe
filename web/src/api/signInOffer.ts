import { readProblem } from './problem';
import type { SignedOut, SignInOffer } from './types';

/** How one may sign in here, also for whoever is signed in already: it is asked without the cookie. */
export async function readSignInOffer(signal: AbortSignal): Promise<SignInOffer> {
  const init: RequestInit = { credentials: 'omit', cache: 'no-store', signal };
  const response = await fetch('/api/v1/session', init);
  if (!response.ok) throw await readProblem(response);
  return ((await response.json()) as SignedOut).sign_in;
}
