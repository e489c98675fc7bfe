import { type ReactNode, useMemo, useState } from 'react';
import { useSignedIn } from '../../app/session';
import { strings } from '../../strings';
import { kinds } from '../../strings/credentials';
import { Banner, CodeBlock, CopyButton, formatDay, Select, Tabs, TextField } from '../../ui';
import type { Issued } from '../data';
import './fresh.css';
import { basicCredential } from '../model/basic';
import { type Command, commandsFor, TOKEN_USER } from '../model/commands';
import type { Holder } from '../target';

const words = strings.credentials.fresh;

export interface FreshSecretProps {
  issued: Issued;
  secret: string;
  /** Whose it is: what Base64 and commands name. */
  holder: Holder;
  onCopied: () => void;
}

function SecretField(props: {
  label: string;
  copyLabel: string;
  secret: string;
  onCopied: () => void;
}): ReactNode {
  return (
    <div className="secret">
      <span className="field-label" id="secret-label">
        {props.label}
      </span>
      <div className="secret-box">
        <output className="secret-text" aria-labelledby="secret-label" data-secret>
          {props.secret}
        </output>
        <CopyButton
          variant="primary"
          size="medium"
          text={() => props.secret}
          label={props.copyLabel}
          onCopied={props.onCopied}
        />
      </div>
    </div>
  );
}

/** Whom the Base64 names: with an app password that is its account, and nothing else. */
function usersOf(issued: Issued, holder: Holder): string[] {
  return issued.kind === 'api-token' ? [holder.email, TOKEN_USER] : [holder.username];
}

function OtherForms(props: FreshSecretProps): ReactNode {
  const { issued, secret, holder, onCopied } = props;
  const users = usersOf(issued, holder);
  const [user, setUser] = useState(users[0] ?? '');
  const base64 = basicCredential(user, secret);
  return (
    <div className="stack">
      <div className="base64-head">
        {users.length > 1 ? (
          <Select
            label={words.userFor}
            options={users.map((id) => ({ id, label: id }))}
            value={user}
            onChange={setUser}
          />
        ) : (
          <p className="field-hint">
            {words.userFor} <code>{user}</code>
          </p>
        )}
      </div>
      <CodeBlock
        code={base64}
        title={words.base64}
        copyLabel={words.copyBase64}
        onCopied={onCopied}
      />
      <CodeBlock
        code={`Authorization: Basic ${base64}`}
        title={words.header}
        copyLabel={words.copyHeader}
        onCopied={onCopied}
      />
      {issued.kind === 'api-token' && (
        <CodeBlock
          code={`Authorization: Bearer ${secret}`}
          title={words.bearer}
          copyLabel={words.copyBearer}
          onCopied={onCopied}
        />
      )}
      <p className="field-hint">{words.base64Hint}</p>
    </div>
  );
}

function CommandPanel(props: { command: Command; onCopied: () => void }): ReactNode {
  const { command, onCopied } = props;
  return (
    <div className="stack-tight">
      <p className="field-hint">{command.note}</p>
      <CodeBlock
        code={command.text}
        copyLabel={words.copyCommand(command.title)}
        nowrap
        {...(command.secret ? { onCopied } : {})}
      />
    </div>
  );
}

function Commands(props: FreshSecretProps): ReactNode {
  const { issued, secret, holder, onCopied } = props;
  const { public_url, git_url } = useSignedIn();
  const [repository, setRepository] = useState('');
  const commands = useMemo(
    () =>
      commandsFor({
        kind: issued.kind,
        secret,
        username: holder.username,
        publicUrl: public_url,
        gitUrl: git_url,
        repository,
      }),
    [issued.kind, secret, holder.username, public_url, git_url, repository],
  );
  return (
    <div className="stack">
      <TextField
        label={words.repository}
        hint={words.repositoryHint}
        value={repository}
        onChange={setRepository}
        placeholder="workspace/repository"
        optional
      />
      <Tabs
        label={words.commands}
        tabs={commands.map((command) => ({
          id: command.id,
          label: command.title,
          content: <CommandPanel command={command} onCopied={onCopied} />,
        }))}
      />
    </div>
  );
}

/** A new secret and everything that can be made of it. Its caller forgets it when the page is left. */
export function FreshSecret(props: FreshSecretProps): ReactNode {
  const { issued, secret, onCopied } = props;
  const kind = kinds[issued.kind];
  const onCopy = () => {
    if (document.getSelection()?.toString().includes(secret)) onCopied();
  };
  const end = issued.expires_at ? words.ends(formatDay(issued.expires_at)) : words.never;
  return (
    <div className="fresh stack" onCopy={onCopy}>
      <Banner tone="warning" title={words.onceTitle}>
        {words.once(kind)}
      </Banner>
      <div className="card">
        <div className="card-body stack-tight">
          <SecretField
            label={words.secret(kind)}
            copyLabel={words.copySecret(kind)}
            secret={secret}
            onCopied={onCopied}
          />
          <p className="muted">
            {words.made(issued.name)} {end}
          </p>
        </div>
      </div>
      <section className="card" aria-label={words.commands}>
        <div className="card-head">
          <div>
            <h2>{words.commands}</h2>
            <p>{words.commandsHelp}</p>
          </div>
        </div>
        <div className="card-body">
          <Commands {...props} />
        </div>
      </section>
      <section className="card" aria-label={words.more}>
        <div className="card-head">
          <h2>{words.more}</h2>
        </div>
        <div className="card-body">
          <OtherForms {...props} />
        </div>
      </section>
    </div>
  );
}
