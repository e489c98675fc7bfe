import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { api, isProblem, type LinkInfo, type SignedIn, useAction, useResource } from '../api';
import { navigate } from '../app/router';
import { useSession } from '../app/session';
import { strings } from '../strings';
import {
  Banner,
  Button,
  Card,
  errorBeside,
  errorFor,
  formatInstant,
  Page,
  PageSkeleton,
  TextField,
} from '../ui';
import { NewPasswordField } from './NewPasswordField';
import { BackToSignIn } from './PasswordStep';
import { isAcceptable, type PasswordContext } from './passwordRules';

const s = strings.signIn;

/** Takes the link out of the address, so that it stays in no history, and keeps it in memory. */
function useLink(): string {
  const [link, setLink] = useState(() => location.hash.slice(1));
  useEffect(() => {
    const take = () => {
      const text = location.hash.slice(1);
      if (text === '') return;
      setLink(text);
      history.replaceState(history.state, '', location.pathname);
    };
    take();
    addEventListener('hashchange', take);
    return () => removeEventListener('hashchange', take);
  }, []);
  return link;
}

function SetUpFields(props: {
  email: string;
  setEmail: (value: string) => void;
  username: string;
  setUsername: (value: string) => void;
  name: string;
  setName: (value: string) => void;
  checked: boolean;
  error: unknown;
}): ReactNode {
  const { email, username, name, checked } = props;
  return (
    <>
      <TextField
        label={s.email}
        type="email"
        value={email}
        onChange={props.setEmail}
        autoComplete="email"
        name="email"
        error={checked && !isEmail(email) ? s.needEmail : errorFor(props.error, 'email')}
        autoFocus
      />
      <TextField
        label={s.username}
        hint={s.usernameHint}
        value={username}
        onChange={props.setUsername}
        autoComplete="username"
        name="username"
        error={
          checked && username.trim() === '' ? s.needUsername : errorFor(props.error, 'username')
        }
      />
      <TextField
        label={s.displayName}
        hint={s.displayNameHint}
        value={name}
        onChange={props.setName}
        autoComplete="name"
        name="name"
        optional
      />
    </>
  );
}

const isEmail = (text: string): boolean => /^\S+@\S+$/.test(text.trim());

function AccountFacts({ info }: { info: LinkInfo }): ReactNode {
  return (
    <dl className="facts">
      <dt>{s.email}</dt>
      <dd>{info.email}</dd>
      <dt>{s.username}</dt>
      <dd>{info.username}</dd>
    </dl>
  );
}

function LinkForm({ link, info }: { link: string; info: LinkInfo }): ReactNode {
  const session = useSession();
  const setUp = info.kind === 'set-up';
  const [email, setEmail] = useState('');
  const [username, setUsername] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [checked, setChecked] = useState(false);
  const names = [email, username, name, info.email ?? '', info.username ?? ''].map((text) =>
    text.trim(),
  );
  const context: PasswordContext = { hasSecondStep: false, names };
  const complete =
    isAcceptable(password, context) && (!setUp || (isEmail(email) && username.trim() !== ''));

  const action = useAction(async () => {
    const account = { email: email.trim(), username: username.trim(), display_name: name.trim() };
    const answer = await api.post<SignedIn>(
      '/api/v1/links/accept',
      { link, password, ...(setUp ? account : {}) },
      { interactive: false },
    );
    session.set(answer);
    await navigate('/', { replace: true });
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (complete) void action.run();
  };
  const beside = errorBeside(action.error, ['email', 'username', 'password']);
  return (
    <form className="stack" onSubmit={submit} noValidate>
      {beside !== undefined && <Banner tone="danger" error={beside} />}
      {setUp ? (
        <SetUpFields
          {...{ email, setEmail, username, setUsername, name, setName, checked }}
          error={action.error}
        />
      ) : (
        <>
          <AccountFacts info={info} />
          {/* For password managers: whose password it is. */}
          <input
            className="visually-hidden"
            type="text"
            autoComplete="username"
            tabIndex={-1}
            aria-hidden="true"
            readOnly
            value={info.email ?? ''}
          />
        </>
      )}
      <NewPasswordField
        value={password}
        onChange={setPassword}
        context={context}
        showError={checked}
        error={errorFor(action.error, 'password')}
        autoFocus={!setUp}
      />
      <Button type="submit" variant="primary" block pending={action.pending}>
        {s.linkSubmit[info.kind]}
      </Button>
    </form>
  );
}

function LinkOver({ title, help }: { title: string; help: ReactNode }): ReactNode {
  return (
    <Page title={title} description={help}>
      <div>
        <BackToSignIn />
      </div>
    </Page>
  );
}

function OpenedLink({ link }: { link: string }): ReactNode {
  const { current } = useSession();
  const info = useResource(
    (signal) =>
      api.post<LinkInfo>('/api/v1/links/inspect', { link }, { signal, interactive: false }),
    [link],
  );
  if (isProblem(info.error, 'link-over')) {
    return <LinkOver title={s.linkOver} help={`${s.linkOverHelp.ask} ${s.linkOverHelp.setUp}`} />;
  }
  if (info.error !== undefined) {
    return (
      <Page title={strings.nav.product}>
        <Banner
          tone="danger"
          error={info.error}
          action={<Button onPress={info.reload}>{strings.common.tryAgain}</Button>}
        />
      </Page>
    );
  }
  if (info.data === undefined) return <PageSkeleton />;
  const { kind, expires_at } = info.data;
  return (
    <Page title={s.linkTitles[kind]} description={s.linkHelp[kind]}>
      {current?.signed_in && (
        <Banner tone="warning">{s.linkOtherAccount(current.account.username)}</Banner>
      )}
      <Card>
        <LinkForm link={link} info={info.data} />
      </Card>
      <p className="field-hint">{s.linkUntil(formatInstant(expires_at))}</p>
    </Page>
  );
}

export default function LinkPage(): ReactNode {
  const link = useLink();
  if (link === '') return <LinkOver title={s.linkMissing} help={s.linkMissingHelp} />;
  return <OpenedLink key={link} link={link} />;
}
