import { type ReactNode, useState } from 'react';
import { api, useAction } from '../api';
import { useSession, useSignedIn } from '../app/session';
import { strings } from '../strings';
import { Badge, Banner, Button, Card, ConfirmDialog, Icon, toast } from '../ui';
import { RecoveryCodes } from './RecoveryCodes';
import { type TotpKey, TotpSetUp } from './TotpSetUp';

const s = strings.security;

function TotpEntry(props: { onCodes: (codes: string[]) => void }): ReactNode {
  const { second_step } = useSignedIn();
  const { refresh } = useSession();
  const [key, setKey] = useState<TotpKey>();
  const [removing, setRemoving] = useState(false);
  const begin = useAction(async () => setKey(await api.post<TotpKey>('/api/v1/me/totp')));

  const done = async (codes: string[] | undefined) => {
    setKey(undefined);
    await refresh();
    toast(s.totpDone);
    if (codes) props.onCodes(codes);
  };
  const remove = async () => {
    await api.delete('/api/v1/me/totp');
    await refresh();
    toast(s.totpRemoved);
  };
  return (
    <div className="entry">
      <span className="entry-icon">
        <Icon name="phone" />
      </span>
      <div className="entry-text">
        <div className="entry-title">
          {s.totp}
          <Badge tone={second_step.totp ? 'success' : 'neutral'}>
            {second_step.totp ? s.on : s.off}
          </Badge>
        </div>
        <div className="entry-detail">{s.totpHelp}</div>
        {begin.error !== undefined && <Banner tone="danger" error={begin.error} />}
      </div>
      <div className="entry-actions">
        {second_step.totp ? (
          <Button
            size="small"
            variant="danger-quiet"
            label={s.removeTotpLabel}
            onPress={() => setRemoving(true)}
          >
            {s.removeTotp}
          </Button>
        ) : (
          <Button
            size="small"
            label={s.setUpTotpLabel}
            pending={begin.pending}
            onPress={() => void begin.run()}
          >
            {s.setUpTotp}
          </Button>
        )}
      </div>
      {key && <TotpSetUp totp={key} onClose={() => setKey(undefined)} onDone={done} />}
      <ConfirmDialog
        title={s.removeTotpTitle}
        isOpen={removing}
        onClose={() => setRemoving(false)}
        confirm={s.removeTotp}
        onConfirm={remove}
      >
        <p>{s.removeTotpHelp}</p>
      </ConfirmDialog>
    </div>
  );
}

function RecoveryEntry(props: { onCodes: (codes: string[]) => void }): ReactNode {
  const { second_step } = useSignedIn();
  const { refresh } = useSession();
  const [asking, setAsking] = useState(false);
  const left = second_step.recovery_codes_left;
  const possible = second_step.totp || second_step.passkeys > 0;
  const make = async () => {
    const { recovery_codes } = await api.post<{ recovery_codes: string[] }>(
      '/api/v1/me/recovery-codes',
    );
    await refresh();
    props.onCodes(recovery_codes);
  };
  return (
    <div className="entry">
      <span className="entry-icon">
        <Icon name="recovery" />
      </span>
      <div className="entry-text">
        <div className="entry-title">
          {s.recovery}
          {possible && (
            <Badge tone={left > 3 ? 'neutral' : 'warning'}>{s.recoveryLeft(left)}</Badge>
          )}
        </div>
        <div className="entry-detail">{possible ? s.recoveryHelp : s.recoveryNeedsStep}</div>
      </div>
      {possible && (
        <div className="entry-actions">
          <Button size="small" onPress={() => setAsking(true)}>
            {s.makeCodes}
          </Button>
        </div>
      )}
      <ConfirmDialog
        title={s.makeCodesTitle}
        isOpen={asking}
        onClose={() => setAsking(false)}
        confirm={s.makeCodes}
        tone="primary"
        onConfirm={make}
      >
        <p>{s.makeCodesHelp}</p>
      </ConfirmDialog>
    </div>
  );
}

export function SecondStepCard(): ReactNode {
  const [codes, setCodes] = useState<string[]>();
  return (
    <Card title={s.secondStep} description={s.secondStepHelp}>
      <div className="entries">
        <TotpEntry onCodes={setCodes} />
        <RecoveryEntry onCodes={setCodes} />
      </div>
      {codes && <RecoveryCodes codes={codes} onDone={() => setCodes(undefined)} />}
    </Card>
  );
}
