import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { ConnectionLost, connection, PasskeyRefused, Problem } from '../api';
import { strings } from '../strings';
import { Button } from './Button';
import { Icon } from './Icon';
import type { IconName } from './icons';

export type Tone = 'info' | 'success' | 'warning' | 'danger';

const toneIcons: Record<Tone, IconName> = {
  info: 'info',
  success: 'success',
  warning: 'warning',
  danger: 'alert',
};

export interface BannerProps {
  tone: Tone;
  title?: string;
  children?: ReactNode;
  action?: ReactNode;
  /** Says what an error means and what to do about it. */
  error?: unknown;
}

/** What happened and what to do, for people. */
export function explain(error: unknown): string {
  if (error instanceof ConnectionLost) return strings.common.connectionLostHelp;
  if (error instanceof PasskeyRefused) return strings.signIn.passkeyFailed;
  if (!(error instanceof Problem)) return strings.common.unexpected;
  const text = error.detail || `${error.title}.`;
  return error.retryAfter ? `${text} ${strings.common.retryIn(error.retryAfter)}` : text;
}

export function Banner(props: BannerProps): ReactNode {
  const { tone, title, children, action, error } = props;
  const urgent = tone === 'danger';
  const lost = error instanceof ConnectionLost;
  useEffect(() => (lost ? connection.tell() : undefined), [lost]);
  return (
    <div className="banner" data-tone={tone} role={urgent ? 'alert' : 'status'}>
      <Icon name={toneIcons[tone]} />
      <div className="banner-text">
        {title && <div className="banner-title">{title}</div>}
        {error !== undefined && <div>{explain(error)}</div>}
        {children}
        {action && <div className="banner-action row">{action}</div>}
      </div>
    </div>
  );
}

/**
 * Floats over the page, so that nothing moves when the connection comes and goes. Where what was pressed
 * says itself that the server cannot be reached, that is enough.
 */
export function ConnectionBanner(): ReactNode {
  const lost = useSyncExternalStore(connection.subscribe, connection.isUntold);
  return (
    <div role="status" data-react-aria-top-layer>
      {lost && (
        <div className="connection-banner">
          <span>{strings.common.connectionLost}</span>
          <Button size="small" onPress={() => connection.tryNow()}>
            {strings.common.tryAgain}
          </Button>
        </div>
      )}
    </div>
  );
}
