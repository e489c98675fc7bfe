import { type FormEvent, type ReactNode, useState } from 'react';
import { api, useAction } from '../api';
import { useSession, useSignedIn } from '../app/session';
import { NewPasswordField } from '../signin/NewPasswordField';
import { isAcceptable } from '../signin/passwordRules';
import { strings } from '../strings';
import { Banner, Button, Card, Dialog, errorBeside, errorFor, PasswordField, toast } from '../ui';

const s = strings.security;

function PasswordForm({ onDone }: { onDone: () => void }): ReactNode {
  const { account, second_step, password: hasPassword = true } = useSignedIn();
  const { refresh } = useSession();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [checked, setChecked] = useState(false);
  const context = {
    hasSecondStep: second_step.totp || second_step.passkeys > 0,
    names: [account.email, account.username, account.display_name],
  };
  const action = useAction(async () => {
    await api.put('/api/v1/me/password', {
      password,
      ...(hasPassword ? { current_password: current } : {}),
    });
    await refresh();
    toast(s.passwordChanged);
    onDone();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if ((current !== '' || !hasPassword) && isAcceptable(password, context)) void action.run();
  };
  const beside = errorBeside(action.error, ['current_password', 'password']);
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <p className="muted">{s.changePasswordHelp}</p>
      {beside !== undefined && <Banner tone="danger" error={beside} />}
      <input
        className="visually-hidden"
        type="text"
        autoComplete="username"
        tabIndex={-1}
        aria-hidden="true"
        readOnly
        value={account.email}
      />
      {hasPassword && (
        <PasswordField
          label={s.currentPassword}
          value={current}
          onChange={setCurrent}
          autoComplete="current-password"
          error={
            checked && current === '' ? s.needCurrent : errorFor(action.error, 'current_password')
          }
          autoFocus
        />
      )}
      <NewPasswordField
        value={password}
        onChange={setPassword}
        context={context}
        showError={checked}
        error={errorFor(action.error, 'password')}
        autoFocus={!hasPassword}
      />
      <Button type="submit" variant="primary" block pending={action.pending}>
        {hasPassword ? s.changePassword : s.setPassword}
      </Button>
    </form>
  );
}

export function PasswordCard(): ReactNode {
  const { password: hasPassword = true } = useSignedIn();
  const [open, setOpen] = useState(false);
  const title = hasPassword ? s.changePassword : s.setPassword;
  return (
    <>
      <Card
        title={s.password}
        description={s.passwordHelp}
        action={<Button onPress={() => setOpen(true)}>{title}</Button>}
        bare
      />
      {open && (
        <Dialog title={title} isOpen onClose={() => setOpen(false)}>
          <PasswordForm onDone={() => setOpen(false)} />
        </Dialog>
      )}
    </>
  );
}
