import { type ReactNode, useState } from 'react';
import { api, isSilent, useResource } from '../api';
import { useSearch } from '../app/router';
import { loadApps } from '../credentials/data';
import { strings } from '../strings';
import { Banner, Button, ConfirmDialog, MenuButton, Page, Select, toast } from '../ui';
import '../credentials/list/list.css';
import './admin.css';
import { CredentialsView, NoCredentials } from './CredentialsView';
import { loadAccount, revokeAny } from './data';

const words = strings.admin.credentials;
const DAYS = ['30', '90', '180', '365'] as const;

/** How many it would be; undefined where the server does not say. */
function useWouldRevoke(days: string): number | undefined {
  const answer = useResource(async () => {
    const body = { unused_for_days: Number(days), dry_run: true };
    try {
      return await api.post<{ would_revoke?: number }>('/api/v1/admin/credentials/revoke', body);
    } catch (error) {
      if (isSilent(error)) throw error;
      return {};
    }
  }, [days]);
  return answer.data?.would_revoke;
}

function UnusedDialog(props: { onClose: () => void; onDone: () => void }): ReactNode {
  const [days, setDays] = useState<(typeof DAYS)[number]>('180');
  const count = useWouldRevoke(days);
  return (
    <ConfirmDialog
      title={words.unusedTitle}
      isOpen
      onClose={props.onClose}
      confirm={words.unusedConfirm}
      reason={{
        label: strings.credentials.revoke.reason,
        hint: strings.credentials.revoke.reasonHint,
      }}
      onConfirm={async (reason) => {
        const revoked = await revokeAny({ unused_for_days: Number(days) }, reason);
        toast(strings.credentials.revoke.done(revoked));
        props.onDone();
      }}
    >
      <Select
        label={words.unusedDays}
        options={DAYS.map((id) => ({ id, label: words.days(Number(id)) }))}
        value={days}
        onChange={setDays}
      />
      <p>{count !== undefined && words.unusedCount(count)}</p>
      <p>{strings.credentials.revoke.helpMany}</p>
    </ConfirmDialog>
  );
}

export default function CredentialsPage(): ReactNode {
  const [search, changeSearch] = useSearch();
  const id = search.get('account') ?? undefined;
  const account = useResource(
    async (signal) => (id ? await loadAccount(id, signal) : undefined),
    [id],
  );
  const apps = useResource(loadApps, []);
  const [unused, setUnused] = useState<{ reload: () => void }>();
  const name = account.data?.display_name || account.data?.username || id || '';
  return (
    <Page title={words.title} description={words.help} wide>
      {id && (
        <Banner
          tone="info"
          action={
            <Button size="small" onPress={() => changeSearch({ account: undefined })}>
              {words.showAll}
            </Button>
          }
        >
          {words.of(name)}
        </Banner>
      )}
      <CredentialsView
        label={words.title}
        account={id}
        apps={apps.data ?? []}
        empty={<NoCredentials title={words.none} help={words.noneHelp} />}
        toolbar={(reload) => (
          <MenuButton
            label={strings.credentials.list.bulk}
            groups={[
              {
                id: 'bulk',
                entries: [
                  {
                    id: 'reload',
                    label: strings.credentials.list.reload,
                    icon: 'refresh',
                    onAction: reload,
                  },
                  {
                    id: 'unused',
                    label: words.unused,
                    icon: 'trash',
                    danger: true,
                    onAction: () => setUnused({ reload }),
                  },
                ],
              },
            ]}
          />
        )}
      />
      {unused && <UnusedDialog onClose={() => setUnused(undefined)} onDone={unused.reload} />}
    </Page>
  );
}
