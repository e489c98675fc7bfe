import { type FormEvent, type ReactNode, useState } from 'react';
import { api, useAction } from '../api';
import { onlyDigits } from '../signin/SecondStep';
import { strings } from '../strings';
import { Banner, Button, CopyButton, Dialog, TextField } from '../ui';

const s = strings.security;

export interface TotpKey {
  uri: string;
  secret: string;
  qr: string;
}

export interface TotpSetUpProps {
  totp: TotpKey;
  onClose: () => void;
  onDone: (codes: string[] | undefined) => Promise<void>;
}

/** Groups of four, as one reads a key aloud. */
const spaced = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ');

export function TotpSetUp({ totp, onClose, onDone }: TotpSetUpProps): ReactNode {
  const [code, setCode] = useState('');
  const [checked, setChecked] = useState(false);
  const action = useAction(async () => {
    const answer = await api.post<{ recovery_codes?: string[] }>('/api/v1/me/totp/confirm', {
      code,
    });
    await onDone(answer.recovery_codes);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (code.length === 6) void action.run();
  };
  return (
    <Dialog title={s.totpTitle} isOpen onClose={onClose}>
      <ol className="steps">
        <li>
          <h3>{s.totpScan}</h3>
          {/* As an image: whatever the drawing contains, it is no part of this page. */}
          <img
            className="qr"
            width={184}
            height={184}
            alt={s.totpQr}
            src={`data:image/svg+xml,${encodeURIComponent(totp.qr)}`}
          />
        </li>
        <li>
          <h3>{s.totpManual}</h3>
          <div className="row">
            <code className="key">{spaced(totp.secret)}</code>
            <CopyButton text={() => totp.secret} label={s.copyKey} />
          </div>
        </li>
        <li>
          <form className="stack" onSubmit={submit} noValidate>
            {action.error !== undefined && <Banner tone="danger" error={action.error} />}
            <TextField
              label={s.totpThen}
              value={code}
              onChange={(text) => setCode(onlyDigits(text))}
              inputMode="numeric"
              autoComplete="one-time-code"
              error={checked && code.length !== 6 ? strings.signIn.needCode : undefined}
              code
              autoFocus
            />
            <Button type="submit" variant="primary" block pending={action.pending}>
              {s.totpConfirm}
            </Button>
          </form>
        </li>
      </ol>
    </Dialog>
  );
}
