import { type ReactNode, useEffect, useRef, useState } from 'react';
import { strings } from '../strings';
import { Button, type ButtonProps } from './Button';
import { Icon } from './Icon';
import type { IconName } from './icons';
import { toast } from './toast';

export function Badge(props: {
  children: ReactNode;
  tone?: 'neutral' | 'accent' | 'success' | 'warning' | 'danger';
}): ReactNode {
  return (
    <span className="badge" data-tone={props.tone ?? 'neutral'}>
      {props.children}
    </span>
  );
}

/** As large as what it stands for, so that nothing moves when that arrives. */
export function Skeleton(props: { width?: number | string; height?: number }): ReactNode {
  return (
    <span
      className="skeleton"
      aria-hidden="true"
      style={{ width: props.width ?? '100%', height: props.height ?? 14 }}
    />
  );
}

export function SkeletonEntries(props: { count?: number }): ReactNode {
  return (
    <div className="entries" role="status" aria-label={strings.common.loading}>
      {Array.from({ length: props.count ?? 3 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they never move
        <div key={index} className="entry">
          <Skeleton width={32} height={32} />
          <div className="entry-text stack-tight">
            <Skeleton width="38%" />
            <Skeleton width="62%" height={12} />
          </div>
        </div>
      ))}
    </div>
  );
}

export function PageSkeleton(): ReactNode {
  return (
    <div className="page stack" role="status" aria-label={strings.common.loading}>
      <Skeleton width={220} height={26} />
      <Skeleton width="70%" />
      <Skeleton height={150} />
      <Skeleton height={150} />
    </div>
  );
}

export function EmptyState(props: {
  icon: IconName;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}): ReactNode {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={props.icon} size={22} />
      </span>
      <h2>{props.title}</h2>
      {props.children && <p>{props.children}</p>}
      {props.action && <div className="row">{props.action}</div>}
    </div>
  );
}

const COPIED_MS = 2500;

export interface CopyButtonProps extends Pick<ButtonProps, 'variant' | 'size'> {
  /** Read at the press, so that a secret is in no attribute. */
  text: () => string;
  /** What is copied, for screen readers: "Copy the token". */
  label: string;
  children?: string;
  onCopied?: () => void;
}

export function CopyButton(props: CopyButtonProps): ReactNode {
  const { text, label, children = strings.common.copy, onCopied, variant, size = 'small' } = props;
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      toast(strings.common.copyFailed, 'danger');
      return;
    }
    setCopied(true);
    onCopied?.();
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), COPIED_MS);
  };

  return (
    <>
      <Button
        size={size}
        icon={copied ? 'check' : 'copy'}
        // What is spoken begins with what is seen (WCAG 2.5.3).
        label={copied ? `${strings.common.copied}: ${label}` : label}
        onPress={() => void copy()}
        {...(variant ? { variant } : {})}
      >
        {copied ? strings.common.copied : children}
      </Button>
      <span className="visually-hidden" role="status">
        {copied ? strings.common.copied : ''}
      </span>
    </>
  );
}

export interface CodeBlockProps {
  code: string;
  /** For the copy button: "Copy the git command". */
  copyLabel: string;
  title?: string;
  /** Long lines scroll instead of breaking. */
  nowrap?: boolean;
  onCopied?: () => void;
}

export function CodeBlock(props: CodeBlockProps): ReactNode {
  const { code, copyLabel, title, nowrap, onCopied } = props;
  return (
    <div>
      {title && <div className="code-block-title">{title}</div>}
      <div className="code-block" data-nowrap={nowrap || undefined}>
        <pre tabIndex={nowrap ? 0 : undefined}>
          <code>{code}</code>
        </pre>
        <CopyButton text={() => code} label={copyLabel} {...(onCopied ? { onCopied } : {})} />
      </div>
    </div>
  );
}
