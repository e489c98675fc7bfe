import type { ReactNode } from 'react';
import { strings } from '../../strings';
import { Badge, Time } from '../../ui';
import { isNear } from '../model/expiry';
import { type CredentialRow, grantsOf } from '../model/listing';

const words = strings.credentials.list;

export function StateBadge({ row }: { row: CredentialRow }): ReactNode {
  const tones = { active: 'success', expired: 'neutral', revoked: 'danger' } as const;
  return <Badge tone={tones[row.state]}>{words.states[row.state]}</Badge>;
}

export function ExpiryCell({ row, now }: { row: CredentialRow; now: number }): ReactNode {
  if (row.expires_at === null) return <span className="muted">{words.neverExpires}</span>;
  const near = row.state === 'active' && isNear(row.created_at, row.expires_at, now);
  return (
    <span className="cell-line" data-near={near || undefined}>
      <Time instant={row.expires_at} form={near ? 'relative' : 'day'} />
      {near && <Badge tone="warning">{words.soon}</Badge>}
    </span>
  );
}

export function LastUsedCell({ row }: { row: CredentialRow }): ReactNode {
  if (!row.last_used_at) return <span className="muted">{words.neverUsed}</span>;
  const detail = [row.last_used_with, row.last_used_from && words.from(row.last_used_from)];
  const text = detail.filter(Boolean).join(' ');
  return (
    <span className="cell-stack">
      <Time instant={row.last_used_at} form="relative" />
      <span className="cell-minor" title={text}>
        {text}
      </span>
    </span>
  );
}

export function GrantsCell({ row }: { row: CredentialRow }): ReactNode {
  const [first, ...rest] = grantsOf(row);
  return (
    <span className="cell-line" title={grantsOf(row).join('\n')}>
      <code className="cell-clip">{first}</code>
      {rest.length > 0 && <Badge>{words.more(rest.length)}</Badge>}
    </span>
  );
}
