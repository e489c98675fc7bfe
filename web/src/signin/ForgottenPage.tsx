import { type FormEvent, type ReactNode, useState } from 'react';
import { api, useAction } from '../api';
import { useSignInOffer } from '../app/session';
import { strings } from '../strings';
import { Banner, Button, Card, Page, TextField } from '../ui';
import { BackToSignIn } from './PasswordStep';

const s = strings.signIn;

export default function ForgottenPage(): ReactNode {
  const { mail } = useSignInOffer();
  const [user, setUser] = useState('');
  const [checked, setChecked] = useState(false);
  const [sent, setSent] = useState(false);
  const action = useAction(async () => {
    await api.post('/api/v1/password-reset', { user: user.trim() }, { interactive: false });
    setSent(true);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (user.trim() !== '') void action.run();
  };

  if (!mail || sent) {
    return (
      <Page title={s.forgottenTitle}>
        <Banner tone={sent ? 'success' : 'info'} {...(sent ? { title: s.forgottenSent } : {})}>
          {sent ? s.forgottenSentHelp : s.forgottenNoMail}
        </Banner>
        <div>
          <BackToSignIn />
        </div>
      </Page>
    );
  }
  return (
    <Page title={s.forgottenTitle} description={s.forgottenHelp}>
      <Card>
        <form className="stack" onSubmit={submit} noValidate>
          {action.error !== undefined && <Banner tone="danger" error={action.error} />}
          <TextField
            label={s.user}
            value={user}
            onChange={setUser}
            autoComplete="username"
            error={checked && user.trim() === '' ? s.needUser : undefined}
            autoFocus
          />
          <Button type="submit" variant="primary" block pending={action.pending}>
            {s.forgottenSubmit}
          </Button>
        </form>
      </Card>
      <div>
        <BackToSignIn />
      </div>
    </Page>
  );
}
