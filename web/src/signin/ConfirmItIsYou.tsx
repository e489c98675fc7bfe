import { type FormEvent, type ReactNode, useState } from 'react';
import { api, hasPasskeys, type SignedIn, signWithPasskey, useAction } from '../api';
import { useSession, useSignedIn } from '../app/session';
import { strings } from '../strings';
import { Banner, Button, PasswordField, TextField } from '../ui';
import { Elsewhere } from './Elsewhere';
import { onlyDigits } from './SecondStep';

const s = strings.signIn;

type Way = 'password' | 'passkey' | 'totp' | 'oidc';

const WAYS: readonly Way[] = ['password', 'passkey', 'totp', 'oidc'];

function waysOf(session: SignedIn): Way[] {
  const ways = WAYS.filter((way) => session.methods.includes(way));
  return ways.filter((way) => way !== 'passkey' || hasPasskeys());
}

/** Asks for one proof that the person before the screen is who signed in. */
export function ConfirmItIsYou({ onDone }: { onDone: () => void }): ReactNode {
  const session = useSignedIn();
  const { set } = useSession();
  const ways = waysOf(session);
  const [way, setWay] = useState<Way>(ways[0] ?? 'oidc');
  const [text, setText] = useState('');
  const action = useAction(async (proof: () => Promise<object>) => {
    const body = await proof();
    set(await api.post<SignedIn>('/api/v1/session/reauthenticate', body, { interactive: false }));
    onDone();
  });
  const choose = (other: Way) => {
    action.clear();
    setText('');
    setWay(other);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (way === 'passkey') void action.run(async () => ({ passkey: await signWithPasskey() }));
    else if (text !== '') void action.run(async () => ({ [way]: text }));
  };
  const form = (
    <form className="stack" onSubmit={submit} noValidate>
      <p className="muted">{s.confirmHelp}</p>
      {action.error !== undefined && <Banner tone="danger" error={action.error} />}
      <input
        className="visually-hidden"
        type="text"
        autoComplete="username"
        tabIndex={-1}
        aria-hidden="true"
        readOnly
        value={session.account.email}
      />
      {way === 'password' && (
        <PasswordField
          label={s.password}
          value={text}
          onChange={setText}
          autoComplete="current-password"
          autoFocus
        />
      )}
      {way === 'totp' && (
        <TextField
          label={s.code}
          hint={s.codeHint}
          value={text}
          onChange={(value) => setText(onlyDigits(value))}
          inputMode="numeric"
          autoComplete="one-time-code"
          code
          autoFocus
        />
      )}
      <Button
        type="submit"
        variant="primary"
        block
        pending={action.pending}
        {...(way === 'passkey' ? { icon: 'passkey' as const } : {})}
      >
        {way === 'passkey' ? s.usePasskey : s.confirm}
      </Button>
    </form>
  );
  const others = ways.filter((other) => other !== way);
  return (
    <div className="stack">
      {way === 'oidc' ? <Elsewhere onDone={onDone} /> : form}
      {others.length > 0 && (
        <div className="other-ways">
          {others.map((other) => (
            <Button key={other} variant="quiet" size="small" onPress={() => choose(other)}>
              {s.confirmWith[other]}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
