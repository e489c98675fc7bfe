import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import {
  api,
  hasPasskeys,
  isProblem,
  type SecondStepWanted,
  type SignedIn,
  type SignInOffer,
  signWithPasskey,
  useAction,
} from '../api';
import { strings } from '../strings';
import { Banner, Button, Checkbox, LinkButton, PasswordField, TextField, TextLink } from '../ui';

const s = strings.signIn;

export interface PasswordStepProps {
  offer: SignInOffer;
  /** Filled in where it is known who it was. */
  user?: string;
  /** Where to go afterwards, for a provider's page; absent: no providers are offered. */
  next?: string;
  onDone: (session: SignedIn) => void;
  onSecondStep: (wanted: SecondStepWanted) => void;
  notice?: ReactNode;
}

function Providers(props: { offer: SignInOffer; next: string }): ReactNode {
  return props.offer.oidc.map(({ name, title }) => (
    // The address belongs to the server, which sends the browser on: no page of ours.
    <a
      key={name}
      className="btn"
      data-variant="secondary"
      data-block
      href={`/login/oidc/${encodeURIComponent(name)}?next=${encodeURIComponent(props.next)}`}
    >
      {s.withProvider(title)}
    </a>
  ));
}

export function PasswordStep(props: PasswordStepProps): ReactNode {
  const { offer, next, onDone, onSecondStep, notice } = props;
  const [user, setUser] = useState(props.user ?? '');
  const [password, setPassword] = useState('');
  const [stay, setStay] = useState(false);
  const [checked, setChecked] = useState(false);
  const passwordInput = useRef<HTMLInputElement>(null);

  const signIn = useAction(async () => {
    const body = { user: user.trim(), password, stay };
    const answer = await api
      .post<SignedIn | SecondStepWanted>('/api/v1/session', body, { interactive: false })
      .catch((error: unknown) => {
        if (isProblem(error, 'sign-in-failed')) {
          setPassword('');
          passwordInput.current?.focus();
        }
        throw error;
      });
    setPassword('');
    setChecked(false);
    if ('next' in answer) onSecondStep(answer);
    else onDone(answer);
  });
  const passkey = useAction(async () => {
    const credential = await signWithPasskey();
    onDone(
      await api.post<SignedIn>(
        '/api/v1/session/passkey',
        { credential, stay },
        { interactive: false },
      ),
    );
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    passkey.clear();
    if (user.trim() !== '' && password !== '') void signIn.run();
  };
  const error = signIn.error ?? passkey.error;
  const alternatives =
    (offer.passkey && hasPasskeys()) || (next !== undefined && offer.oidc.length > 0);
  return (
    <div className="stack">
      {error !== undefined ? <Banner tone="danger" error={error} /> : notice}
      <form className="stack" onSubmit={submit} noValidate>
        <TextField
          label={s.user}
          value={user}
          onChange={setUser}
          name="username"
          autoComplete="username"
          error={checked && user.trim() === '' ? s.needUser : undefined}
          isReadOnly={props.user !== undefined}
          autoFocus={props.user === undefined}
        />
        <PasswordField
          label={s.password}
          value={password}
          onChange={setPassword}
          name="password"
          autoComplete="current-password"
          error={
            checked && password === '' && signIn.error === undefined ? s.needPassword : undefined
          }
          inputRef={passwordInput}
          autoFocus={props.user !== undefined}
        />
        <div className="row-between">
          <Checkbox
            isSelected={stay}
            onChange={setStay}
            description={stay ? s.stayHelp : undefined}
          >
            {s.stay}
          </Checkbox>
          {next !== undefined && <TextLink href="/login/forgotten">{s.forgotten}</TextLink>}
        </div>
        <Button type="submit" variant="primary" block pending={signIn.pending}>
          {s.submit}
        </Button>
      </form>
      {alternatives && (
        <>
          <div className="or" aria-hidden="true">
            {s.or}
          </div>
          {offer.passkey && hasPasskeys() && (
            <Button
              icon="passkey"
              block
              pending={passkey.pending}
              onPress={() => {
                signIn.clear();
                void passkey.run();
              }}
            >
              {s.withPasskey}
            </Button>
          )}
          {next !== undefined && <Providers offer={offer} next={next} />}
        </>
      )}
    </div>
  );
}

export function BackToSignIn(): ReactNode {
  return (
    <LinkButton href="/login" variant="quiet">
      {s.backToSignIn}
    </LinkButton>
  );
}
