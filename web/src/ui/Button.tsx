import type { ReactNode } from 'react';
import { Button as AriaButton, Link as AriaLink, type PressEvent } from 'react-aria-components';
import { Icon } from './Icon';
import type { IconName } from './icons';

export interface ButtonProps {
  children: ReactNode;
  variant?: 'primary' | 'secondary' | 'quiet' | 'danger' | 'danger-quiet';
  size?: 'medium' | 'small';
  icon?: IconName;
  /** Shows that it is at work; a press does nothing meanwhile, and focus stays. */
  pending?: boolean;
  isDisabled?: boolean;
  type?: 'button' | 'submit';
  /** The id of the form that it submits, where it stands outside of it: a dialog's footer. */
  form?: string;
  block?: boolean;
  autoFocus?: boolean;
  /** Where the visible text alone would not say which one: "Remove passkey Laptop". */
  label?: string;
  slot?: string;
  onPress?: (event: PressEvent) => void;
}

export function Button(props: ButtonProps): ReactNode {
  const {
    children,
    variant = 'secondary',
    size = 'medium',
    icon,
    pending,
    label,
    block,
    onPress,
    ...rest
  } = props;
  return (
    <AriaButton
      {...rest}
      {...(onPress && !pending ? { onPress } : {})}
      className="btn"
      data-variant={variant}
      data-size={size}
      data-block={block || undefined}
      data-pending={pending || undefined}
      aria-label={label}
    >
      {pending ? <span className="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </AriaButton>
  );
}

export interface IconButtonProps {
  icon: IconName;
  label: string;
  size?: 'medium' | 'small';
  isDisabled?: boolean;
  slot?: string;
  onPress?: (event: PressEvent) => void;
}

export function IconButton(props: IconButtonProps): ReactNode {
  const { icon, label, size = 'medium', ...rest } = props;
  return (
    <AriaButton {...rest} className="btn" data-icon-only data-size={size} aria-label={label}>
      <Icon name={icon} size={size === 'small' ? 15 : 18} />
    </AriaButton>
  );
}

export interface LinkButtonProps {
  href: string;
  children: ReactNode;
  variant?: 'primary' | 'secondary' | 'quiet';
  size?: 'medium' | 'small';
  icon?: IconName;
  block?: boolean;
  /** A file to save; the browser goes there itself, not the router. */
  download?: boolean;
}

export function LinkButton(props: LinkButtonProps): ReactNode {
  const { href, children, variant = 'secondary', size = 'medium', icon, block, download } = props;
  return (
    <AriaLink
      href={href}
      className="btn"
      data-variant={variant}
      data-size={size}
      data-block={block || undefined}
      {...(download ? { download: true } : {})}
    >
      {icon && <Icon name={icon} />}
      {children}
    </AriaLink>
  );
}

export function TextLink(props: {
  href: string;
  children: ReactNode;
  external?: boolean;
}): ReactNode {
  return (
    <AriaLink
      href={props.href}
      className="link"
      {...(props.external ? { target: '_blank', rel: 'noreferrer' } : {})}
    >
      {props.children}
    </AriaLink>
  );
}
