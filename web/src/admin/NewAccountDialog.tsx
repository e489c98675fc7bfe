import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { useAction } from '../api';
import { strings } from '../strings';
import { Banner, Button, Checkbox, Dialog, errorBeside, errorFor, TextField } from '../ui';
import { type AdminAccount, createAccount, type LinkAnswer, type NewAccount } from './data';

const words = strings.admin.accounts;
const services = strings.admin.services;

export interface NewAccountDialogProps {
  kind: AdminAccount['kind'];
  onClose: () => void;
  onCreated: (answer: LinkAnswer & { account: AdminAccount }) => void;
}

const isEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+$/.test(text);

/** An invitation for a person, or a service account. */
export function NewAccountDialog(props: NewAccountDialogProps): ReactNode {
  const { kind, onClose, onCreated } = props;
  const person = kind === 'person';
  const form = useId();
  const [account, setAccount] = useState<Required<NewAccount>>({
    email: '',
    username: '',
    display_name: '',
    kind,
    admin: false,
  });
  const [tried, setTried] = useState(false);
  const action = useAction(async () => {
    const { display_name, admin, ...rest } = account;
    onCreated(
      await createAccount({
        ...rest,
        ...(display_name.trim() ? { display_name: display_name.trim() } : {}),
        ...(admin ? { admin } : {}),
      }),
    );
  });
  const change = (changes: Partial<NewAccount>) => setAccount({ ...account, ...changes });
  const emailFault = isEmail(account.email) ? undefined : words.emailMissing;
  const nameFault = account.username === '' ? words.usernameMissing : undefined;
  const beside = errorBeside(action.error, ['email', 'username']);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!emailFault && !nameFault) void action.run();
  };
  return (
    <Dialog
      title={person ? words.inviteTitle : services.createTitle}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{strings.common.cancel}</Button>
          <Button type="submit" form={form} variant="primary" pending={action.pending}>
            {person ? words.send : services.create}
          </Button>
        </>
      }
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        <TextField
          label={words.email}
          type="email"
          value={account.email}
          onChange={(email) => change({ email: email.trim() })}
          error={(tried ? emailFault : undefined) ?? errorFor(action.error, 'email')}
          isRequired
          autoFocus
          autoComplete="off"
          {...(person ? {} : { hint: services.emailHint })}
        />
        <TextField
          label={words.username}
          value={account.username}
          onChange={(username) => change({ username: username.trim() })}
          error={(tried ? nameFault : undefined) ?? errorFor(action.error, 'username')}
          hint={words.usernameHint}
          isRequired
          autoComplete="off"
        />
        <TextField
          label={words.displayName}
          value={account.display_name}
          onChange={(display_name) => change({ display_name })}
          optional
          autoComplete="off"
        />
        {person && (
          <Checkbox
            isSelected={account.admin}
            onChange={(admin) => change({ admin })}
            description={words.makeAdminHelp}
          >
            {words.makeAdmin}
          </Checkbox>
        )}
        {beside !== undefined && <Banner tone="danger" error={beside} />}
      </form>
    </Dialog>
  );
}
