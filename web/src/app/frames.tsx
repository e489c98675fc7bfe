import type { ReactNode } from 'react';
import { strings } from '../strings';
import { SideBar, type SideBarGroup, TopBar } from '../ui';
import { useSession } from './session';

const { nav } = strings;

const settingsGroups: SideBarGroup[] = [
  {
    title: nav.accountSettings,
    entries: [
      { href: '/settings/profile', label: nav.profile, icon: 'user' },
      { href: '/settings/security', label: nav.security, icon: 'shield', exact: true },
      { href: '/settings/security/api-tokens', label: nav.apiTokens, icon: 'key' },
    ],
  },
  {
    title: nav.personalSettings,
    entries: [{ href: '/settings/personal/app-passwords', label: nav.appPasswords, icon: 'lock' }],
  },
];

const adminGroups: SideBarGroup[] = [
  {
    title: nav.administration,
    entries: [
      { href: '/admin/accounts', label: nav.accounts, icon: 'users' },
      { href: '/admin/service-accounts', label: nav.serviceAccounts, icon: 'bot' },
      { href: '/admin/credentials', label: nav.credentials, icon: 'key' },
      { href: '/admin/policies', label: nav.policies, icon: 'sliders' },
      { href: '/admin/apps', label: nav.apps, icon: 'boxes' },
      { href: '/admin/audit', label: nav.audit, icon: 'scroll' },
      { href: '/admin/health', label: nav.health, icon: 'activity' },
    ],
  },
];

interface FrameProps {
  children: ReactNode;
}

function Bar(): ReactNode {
  const { current, signOut } = useSession();
  return <TopBar account={current?.signed_in ? current.account : undefined} onSignOut={signOut} />;
}

export function PlainFrame({ children }: FrameProps): ReactNode {
  return (
    <div className="frame">
      <Bar />
      <main id="main" className="frame-plain" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function SideFrame(props: FrameProps & { groups: SideBarGroup[]; label: string }): ReactNode {
  return (
    <div className="frame">
      <Bar />
      <div className="frame-columns">
        <SideBar groups={props.groups} label={props.label} />
        <main id="main" className="frame-main" tabIndex={-1}>
          {props.children}
        </main>
      </div>
    </div>
  );
}

export function SettingsFrame({ children }: FrameProps): ReactNode {
  return (
    <SideFrame groups={settingsGroups} label={nav.settings}>
      {children}
    </SideFrame>
  );
}

export function AdminFrame({ children }: FrameProps): ReactNode {
  return (
    <SideFrame groups={adminGroups} label={nav.administration}>
      {children}
    </SideFrame>
  );
}
