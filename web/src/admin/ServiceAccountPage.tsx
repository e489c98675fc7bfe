import type { ReactNode } from 'react';
import { useResource } from '../api';
import { useParameters } from '../app/router';
import { loadApps } from '../credentials/data';
import { strings } from '../strings';
import { Badge, Banner, Card, LinkButton, MenuButton, Page, PageSkeleton, Time } from '../ui';
import '../credentials/list/list.css';
import './admin.css';
import { CredentialsView, NoCredentials } from './CredentialsView';
import { loadAccount } from './data';
import { servicePage } from './serviceTarget';
import { useAccountActions } from './useAccountActions';

const words = strings.admin.services;
const accounts = strings.admin.accounts;

export default function ServiceAccountPage(): ReactNode {
  const { id = '' } = useParameters();
  const account = useResource((signal) => loadAccount(id, signal), [id]);
  const apps = useResource(loadApps, []);
  const actions = useAccountActions((changed) => account.set(() => changed));
  const { data } = account;
  if (!data) {
    if (account.error === undefined) return <PageSkeleton />;
    return (
      <Page title={words.title}>
        <Banner tone="danger" error={account.error} />
      </Page>
    );
  }
  const name = data.display_name || data.username;
  const create = (
    <LinkButton href={`${servicePage(id)}/new-token`} variant="primary" icon="plus">
      {words.newToken}
    </LinkButton>
  );
  return (
    <Page
      title={name}
      crumbs={[{ label: words.title, href: '/admin/service-accounts' }]}
      wide
      actions={
        <>
          {create}
          <LinkButton href={`${servicePage(id)}/new-app-password`}>{words.newPassword}</LinkButton>
          <MenuButton label={accounts.actions(name)} groups={actions.menuOf(data)} />
        </>
      }
    >
      <Card title={words.facts}>
        <dl className="facts">
          <dt>{accounts.state}</dt>
          <dd>
            <Badge tone={data.state === 'active' ? 'success' : 'danger'}>
              {accounts.states[data.state]}
            </Badge>
          </dd>
          <dt>{accounts.username}</dt>
          <dd>{data.username}</dd>
          <dt>{accounts.email}</dt>
          <dd>{data.email}</dd>
          <dt>{accounts.created}</dt>
          <dd>
            <Time instant={data.created_at} form="full" />
          </dd>
        </dl>
      </Card>
      <CredentialsView
        label={words.credentialsOf(name)}
        account={id}
        apps={apps.data ?? []}
        empty={<NoCredentials title={words.none} help={words.noneHelp} action={create} />}
      />
      {actions.dialog}
    </Page>
  );
}
