import type { ReactNode } from 'react';
import { useResource } from '../api';
import { useParameters } from '../app/router';
import { AppPasswordForm } from '../credentials/passwords/NewAppPasswordPage';
import { TokenWizard } from '../credentials/wizard/TokenWizardPage';
import { Banner, PageSkeleton } from '../ui';
import { type AdminAccount, loadAccount } from './data';
import { serviceTarget } from './serviceTarget';

function WithAccount(props: { children: (account: AdminAccount) => ReactNode }): ReactNode {
  const { id = '' } = useParameters();
  const account = useResource((signal) => loadAccount(id, signal), [id]);
  if (account.data) return props.children(account.data);
  return account.error === undefined ? (
    <PageSkeleton />
  ) : (
    <Banner tone="danger" error={account.error} />
  );
}

export function ServiceTokenPage(): ReactNode {
  return (
    <WithAccount>
      {(account) => <TokenWizard target={serviceTarget(account, 'api-token')} />}
    </WithAccount>
  );
}

export function ServicePasswordPage(): ReactNode {
  return (
    <WithAccount>
      {(account) => <AppPasswordForm target={serviceTarget(account, 'app-password')} />}
    </WithAccount>
  );
}
