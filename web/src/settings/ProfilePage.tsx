import { type FormEvent, type ReactNode, useState } from 'react';
import { api, useAction } from '../api';
import { useSession, useSignedIn } from '../app/session';
import { strings } from '../strings';
import { setDensity, setTheme, useDensity, useTheme } from '../theme/theme';
import { Banner, Button, Card, Page, RadioCards, TextField, toast } from '../ui';

const s = strings.profile;

function NameCard(): ReactNode {
  const { account } = useSignedIn();
  const { refresh } = useSession();
  const [name, setName] = useState(account.display_name);
  const [checked, setChecked] = useState(false);
  const action = useAction(async () => {
    await api.patch('/api/v1/me', { display_name: name.trim() });
    await refresh();
    toast(s.saved);
  });
  const changed = name.trim() !== account.display_name;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (name.trim() !== '' && changed) void action.run();
  };
  return (
    <Card>
      <form className="stack form" onSubmit={submit} noValidate>
        {action.error !== undefined && <Banner tone="danger" error={action.error} />}
        <TextField
          label={s.name}
          hint={s.nameHint}
          value={name}
          onChange={setName}
          autoComplete="name"
          maxLength={100}
          error={checked && name.trim() === '' ? s.needName : undefined}
        />
        <div>
          <Button type="submit" variant="primary" pending={action.pending} isDisabled={!changed}>
            {strings.common.save}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function AccountCard(): ReactNode {
  const { account } = useSignedIn();
  return (
    <Card title={s.account} description={s.accountHelp}>
      <dl className="facts">
        <dt>{s.email}</dt>
        <dd>{account.email}</dd>
        <dt>{s.username}</dt>
        <dd>{account.username}</dd>
        <dt>{s.role}</dt>
        <dd>{account.admin ? s.roles.admin : s.roles[account.kind]}</dd>
      </dl>
    </Card>
  );
}

function AppearanceCard(): ReactNode {
  const theme = useTheme();
  const density = useDensity();
  return (
    <Card title={s.appearance} description={s.appearanceHelp}>
      <div className="stack">
        <RadioCards
          label={s.theme}
          value={theme}
          onChange={setTheme}
          columns
          options={[
            { id: 'light', label: strings.nav.themes.light, description: s.themeHelp.light },
            { id: 'dark', label: strings.nav.themes.dark, description: s.themeHelp.dark },
            { id: 'system', label: strings.nav.themes.system, description: s.themeHelp.system },
          ]}
        />
        <RadioCards
          label={s.density}
          value={density}
          onChange={setDensity}
          columns
          options={[
            { id: 'comfortable', label: s.densities.comfortable },
            { id: 'compact', label: s.densities.compact },
          ]}
        />
      </div>
    </Card>
  );
}

export default function ProfilePage(): ReactNode {
  return (
    <Page title={s.title} description={s.description}>
      <NameCard />
      <AccountCard />
      <AppearanceCard />
    </Page>
  );
}
