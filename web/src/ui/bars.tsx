import { type ReactNode, useEffect, useState } from 'react';
import { Link } from 'react-aria-components';
import type { Account } from '../api';
import { usePlace } from '../app/router';
import { strings } from '../strings';
import { setTheme, type Theme, useTheme } from '../theme/theme';
import { LinkButton } from './Button';
import { Icon } from './Icon';
import type { IconName } from './icons';
import logo from './logo.svg';
import { MenuButton, type MenuEntry } from './MenuButton';

const { nav } = strings;

function initials(account: Account): string {
  const words = (account.display_name || account.username).split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters
    .map((word) => Array.from(word ?? '')[0] ?? '')
    .join('')
    .toUpperCase();
}

const themeEntries: MenuEntry[] = [
  { id: 'light', label: nav.themes.light, icon: 'sun', onAction: () => setTheme('light') },
  { id: 'dark', label: nav.themes.dark, icon: 'moon', onAction: () => setTheme('dark') },
  { id: 'system', label: nav.themes.system, icon: 'monitor', onAction: () => setTheme('system') },
];

export interface TopBarProps {
  account: Account | undefined;
  onSignOut: () => Promise<void>;
}

function SettingsMenu({ admin }: { admin: boolean }): ReactNode {
  const entries: MenuEntry[] = [
    { id: 'account', label: nav.accountSettings, icon: 'user', href: '/settings/profile' },
    {
      id: 'personal',
      label: nav.personalSettings,
      icon: 'lock',
      href: '/settings/personal/app-passwords',
    },
  ];
  if (admin)
    entries.push({
      id: 'admin',
      label: nav.administration,
      icon: 'sliders',
      href: '/admin/accounts',
    });
  return <MenuButton label={nav.openSettings} icon="cog" groups={[{ id: 'settings', entries }]} />;
}

function AccountMenu(props: {
  account: Account;
  theme: Theme;
  onSignOut: () => Promise<void>;
}): ReactNode {
  const { account, theme, onSignOut } = props;
  const name = account.display_name || account.username;
  return (
    <MenuButton
      label={nav.account(name)}
      head={
        <>
          <strong>{name}</strong>
          <div className="entry-detail">{account.email}</div>
        </>
      }
      groups={[
        { id: 'theme', title: nav.theme, selected: theme, entries: themeEntries },
        {
          id: 'session',
          entries: [
            { id: 'out', label: nav.signOut, icon: 'signOut', onAction: () => void onSignOut() },
          ],
        },
      ]}
    >
      <span className="avatar" aria-hidden="true" data-initials={initials(account)} />
    </MenuButton>
  );
}

/** Pages that sign in themselves, or lead there where their link is over. */
const signsIn = (path: string): boolean => path.startsWith('/login') || path === '/link';

export function TopBar({ account, onSignOut }: TopBarProps): ReactNode {
  const theme = useTheme();
  const { path } = usePlace();
  return (
    <header className="top-bar">
      <Link href="/" className="top-bar-home" aria-label={nav.home}>
        <img src={logo} alt="" width={26} height={26} />
        {nav.product}
      </Link>
      {account ? (
        <>
          <SettingsMenu admin={account.admin} />
          <AccountMenu account={account} theme={theme} onSignOut={onSignOut} />
        </>
      ) : (
        <>
          <MenuButton
            label={nav.theme}
            icon={theme === 'dark' ? 'moon' : theme === 'light' ? 'sun' : 'monitor'}
            groups={[{ id: 'theme', title: nav.theme, selected: theme, entries: themeEntries }]}
          />
          {!signsIn(path) && <LinkButton href="/login">{nav.signIn}</LinkButton>}
        </>
      )}
    </header>
  );
}

export interface SideBarEntry {
  href: string;
  label: string;
  icon: IconName;
  /** Current only on this very path, because another entry lies below it. */
  exact?: boolean;
}

export interface SideBarGroup {
  title: string;
  entries: readonly SideBarEntry[];
}

const isCurrent = (entry: SideBarEntry, path: string): boolean =>
  path === entry.href || (!entry.exact && path.startsWith(`${entry.href}/`));

/** On a phone it folds into one line that names the current page. */
export function SideBar(props: { groups: readonly SideBarGroup[]; label: string }): ReactNode {
  const { path } = usePlace();
  const [open, setOpen] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it folds when one arrives elsewhere
  useEffect(() => setOpen(false), [path]);
  const current = props.groups
    .flatMap((group) => group.entries)
    .find((entry) => isCurrent(entry, path));
  return (
    <div className="side-bar" data-open={open || undefined}>
      <button
        type="button"
        className="side-toggle"
        aria-expanded={open}
        aria-controls="side-navigation"
        onClick={() => setOpen(!open)}
      >
        <Icon name={current?.icon ?? 'menu'} />
        <span>
          <span className="visually-hidden">{`${nav.sections}: `}</span>
          {current?.label ?? props.label}
        </span>
        <Icon name={open ? 'up' : 'down'} />
      </button>
      <nav id="side-navigation" aria-label={props.label}>
        {props.groups.map((group) => (
          <div key={group.title}>
            <h2 className="side-group-title">{group.title}</h2>
            <ul className="side-links">
              {group.entries.map((entry) => (
                <li key={entry.href}>
                  <Link
                    href={entry.href}
                    className="side-link"
                    {...(isCurrent(entry, path) ? { 'aria-current': 'page' as const } : {})}
                  >
                    <Icon name={entry.icon} />
                    {entry.label}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
    </div>
  );
}
