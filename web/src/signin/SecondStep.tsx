import { type ReactNode, useEffect, useState } from 'react';
import {
  api,
  hasPasskeys,
  isProblem,
  type SecondStepMethod,
  type SignedIn,
  signWithPasskey,
  useAction,
} from '../api';
import { strings } from '../strings';
import { Banner, Button, TextField } from '../ui';

const s = strings.signIn;

export interface SecondStepProps {
  methods: readonly SecondStepMethod[];
  onDone: (session: SignedIn) => void;
  /** The attempt ended: the password is wanted again. */
  onOver: () => void;
}

const send = (proof: object): Promise<SignedIn> =>
  api.post<SignedIn>('/api/v1/session/second-step', proof, { interactive: false });

export const onlyDigits = (text: string): string => text.replace(/\D/g, '').slice(0, 6);

interface MethodProps {
  prove: (proof: () => Promise<object>) => void;
  pending: boolean;
}

function TotpForm({ prove, pending }: MethodProps): ReactNode {
  const [code, setCode] = useState('');
  const [missing, setMissing] = useState(false);
  const submit = (text: string) => {
    setMissing(text.length !== 6);
    if (text.length !== 6) return;
    prove(async () => ({ totp: text }));
    setCode('');
  };
  const change = (text: string) => {
    const digits = onlyDigits(text);
    setCode(digits);
    setMissing(false);
    if (digits.length === 6) submit(digits);
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        submit(code);
      }}
    >
      <TextField
        label={s.code}
        hint={s.codeHint}
        value={code}
        onChange={change}
        error={missing ? s.needCode : undefined}
        inputMode="numeric"
        autoComplete="one-time-code"
        name="totp"
        code
        autoFocus
      />
      <Button type="submit" variant="primary" block pending={pending}>
        {s.verify}
      </Button>
    </form>
  );
}

function PasskeyForm({ prove, pending }: MethodProps): ReactNode {
  return (
    <div className="stack">
      <p className="muted">{s.passkeyHelp}</p>
      <Button
        variant="primary"
        block
        autoFocus
        icon="passkey"
        pending={pending}
        onPress={() => prove(async () => ({ passkey: await signWithPasskey() }))}
      >
        {s.usePasskey}
      </Button>
    </div>
  );
}

function RecoveryForm({ prove, pending }: MethodProps): ReactNode {
  const [code, setCode] = useState('');
  const [missing, setMissing] = useState(false);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        const short = code.replace(/[^0-9a-z]/gi, '').length !== 16;
        setMissing(short);
        if (!short) prove(async () => ({ recovery_code: code.trim() }));
      }}
    >
      <TextField
        label={s.recoveryCode}
        hint={s.recoveryHint}
        value={code}
        onChange={setCode}
        error={missing ? s.needRecoveryCode : undefined}
        autoComplete="off"
        autoFocus
      />
      <Button type="submit" variant="primary" block pending={pending}>
        {s.verify}
      </Button>
    </form>
  );
}

const forms: Record<SecondStepMethod, (props: MethodProps) => ReactNode> = {
  totp: TotpForm,
  passkey: PasskeyForm,
  'recovery-code': RecoveryForm,
};

/** Asks for the second step, in whichever of its ways the person has at hand. */
export function SecondStep({ methods, onDone, onOver }: SecondStepProps): ReactNode {
  const usable = methods.filter((method) => method !== 'passkey' || hasPasskeys());
  const [method, setMethod] = useState<SecondStepMethod>(usable[0] ?? 'recovery-code');
  const action = useAction(async (proof: () => Promise<object>) =>
    onDone(await send(await proof())),
  );
  const over = isProblem(action.error, 'attempt-over');
  useEffect(() => {
    if (over) onOver();
  }, [over, onOver]);

  const Form = forms[method];
  const others = usable.filter((other) => other !== method);
  return (
    <div className="stack">
      {action.error !== undefined && !over && <Banner tone="danger" error={action.error} />}
      <Form key={method} prove={(proof) => void action.run(proof)} pending={action.pending} />
      {others.length > 0 && (
        <div className="other-ways">
          <p className="field-hint">{s.otherWays}</p>
          {others.map((other) => (
            <Button
              key={other}
              variant="quiet"
              size="small"
              onPress={() => {
                action.clear();
                setMethod(other);
              }}
            >
              {s.methods[other]}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
