import { type ReactNode, useState } from 'react';
import { readSignInOffer, type SignedIn, useAction, useResource } from '../api';
import { useSession } from '../app/session';
import { strings } from '../strings';
import { Banner, Button } from '../ui';

const s = strings.signIn;

/** Signing in at a provider, in another tab, so that this page stays with what was typed. */
export function Elsewhere({ onDone }: { onDone: (session: SignedIn) => void }): ReactNode {
  const { refresh } = useSession();
  const offer = useResource(readSignInOffer, []);
  const [notYet, setNotYet] = useState(false);
  const done = useAction(async () => {
    setNotYet(false);
    const session = await refresh();
    if (session.signed_in) onDone(session);
    else setNotYet(true);
  });
  const providers = offer.data?.oidc ?? [];
  if (offer.error === undefined && providers.length === 0) return null;
  return (
    <div className="stack">
      {offer.error !== undefined && <Banner tone="danger" error={offer.error} />}
      {done.error !== undefined && <Banner tone="danger" error={done.error} />}
      {notYet && <Banner tone="warning">{s.confirmElsewhereNotYet}</Banner>}
      <p className="muted">{s.confirmElsewhereHelp}</p>
      {providers.map(({ name, title }) => (
        <a
          key={name}
          className="btn"
          data-variant="secondary"
          href={`/login/oidc/${encodeURIComponent(name)}?next=${encodeURIComponent('/settings/security')}`}
          target="_blank"
          rel="noreferrer"
        >
          {s.confirmElsewhere(title)}
        </a>
      ))}
      <Button pending={done.pending} onPress={() => void done.run()}>
        {s.confirmElsewhereDone}
      </Button>
    </div>
  );
}
