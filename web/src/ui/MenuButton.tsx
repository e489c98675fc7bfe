import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  Header,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  Separator,
} from 'react-aria-components';
import { Icon } from './Icon';
import type { IconName } from './icons';

export interface MenuEntry {
  id: string;
  label: string;
  icon?: IconName;
  href?: string;
  danger?: boolean;
  isDisabled?: boolean;
  onAction?: () => void;
}

export interface MenuGroup {
  id: string;
  title?: string;
  entries: readonly MenuEntry[];
  /** The chosen entry, where the group is a choice of one. */
  selected?: string;
}

export interface MenuButtonProps {
  label: string;
  groups: readonly MenuGroup[];
  /** What the button shows; an icon otherwise. */
  children?: ReactNode;
  icon?: IconName;
  size?: 'medium' | 'small';
  /** Stands above the entries. */
  head?: ReactNode;
}

function Entry({ entry }: { entry: MenuEntry }): ReactNode {
  return (
    <MenuItem
      id={entry.id}
      textValue={entry.label}
      className="menu-item"
      data-danger={entry.danger || undefined}
      isDisabled={entry.isDisabled ?? false}
      {...(entry.href ? { href: entry.href } : {})}
      {...(entry.onAction ? { onAction: entry.onAction } : {})}
    >
      {entry.icon && <Icon name={entry.icon} />}
      <span className="menu-item-text">{entry.label}</span>
      <span className="menu-item-check">
        <Icon name="check" />
      </span>
    </MenuItem>
  );
}

function Group({ group, first }: { group: MenuGroup; first: boolean }): ReactNode {
  const choice = group.selected
    ? {
        selectionMode: 'single' as const,
        selectedKeys: [group.selected],
        disallowEmptySelection: true,
      }
    : {};
  return (
    <>
      {!first && <Separator className="menu-separator" />}
      <MenuSection
        id={group.id}
        {...choice}
        {...(group.title
          ? {}
          : { 'aria-label': group.entries.map((entry) => entry.label).join(', ') })}
      >
        {group.title && <Header className="menu-title">{group.title}</Header>}
        {group.entries.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </MenuSection>
    </>
  );
}

export function MenuButton(props: MenuButtonProps): ReactNode {
  const { label, groups, children, icon = 'more', size = 'medium', head } = props;
  return (
    <MenuTrigger>
      <AriaButton className="btn" data-icon-only data-size={size} aria-label={label}>
        {children ?? <Icon name={icon} size={18} />}
      </AriaButton>
      <Popover className="popover" placement="bottom end" offset={4}>
        {head && <div className="menu-head">{head}</div>}
        <Menu className="menu" aria-label={label}>
          {groups.map((group, index) => (
            <Group key={group.id} group={group} first={index === 0 && !head} />
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
