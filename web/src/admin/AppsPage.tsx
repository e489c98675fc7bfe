import { type ReactNode, useState } from 'react';
import { useResource } from '../api';
import { loadCatalogue } from '../credentials/data';
import type { PermissionEntry, ScopeEntry } from '../credentials/model/catalogue';
import { strings } from '../strings';
import { Badge, Banner, Button, Card, Dialog, Page, SkeletonEntries } from '../ui';
import './admin.css';
import { type AdminApp, loadApps } from './data';

const words = strings.admin.apps;

const countOf = (value: number | unknown[] | undefined): number =>
  Array.isArray(value) ? value.length : (value ?? 0);

function Entries(props: {
  title: string;
  entries: readonly (ScopeEntry | PermissionEntry)[];
}): ReactNode {
  if (props.entries.length === 0) return null;
  return (
    <section className="stack-tight">
      <h3>{props.title}</h3>
      <dl className="vocabulary">
        {props.entries.map((entry) => (
          <div key={entry.name}>
            <dt>
              <code>{entry.name}</code>
            </dt>
            <dd>
              {entry.description}{' '}
              {'implies' in entry &&
                entry.implies.length > 0 &&
                words.implies(entry.implies.join(', '))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Vocabulary(props: { app: AdminApp; onClose: () => void }): ReactNode {
  const { app, onClose } = props;
  const catalogue = useResource((signal) => loadCatalogue(app.app, signal), [app.app]);
  return (
    <Dialog
      title={words.scopesOf(app.title)}
      isOpen
      onClose={onClose}
      size="wide"
      footer={<Button onPress={onClose}>{strings.common.close}</Button>}
    >
      {catalogue.error !== undefined && <Banner tone="danger" error={catalogue.error} />}
      {catalogue.data ? (
        <>
          <Entries title={words.scopesTitle} entries={catalogue.data.scopes} />
          <Entries title={words.permissionsTitle} entries={catalogue.data.permissions} />
        </>
      ) : (
        catalogue.error === undefined && <SkeletonEntries count={6} />
      )}
    </Dialog>
  );
}

function AppEntry(props: { app: AdminApp; onShow: () => void }): ReactNode {
  const { app, onShow } = props;
  const refused = app.refused ? words.refused : undefined;
  const counts = [
    words.operations(app.operations ?? 0),
    words.scopes(countOf(app.scopes)),
    words.permissions(countOf(app.permissions)),
  ];
  return (
    <div className="entry">
      <div className="entry-text">
        <div className="entry-title">
          {app.title}
          <code className="muted">{app.app}</code>
          {app.built_in && <Badge>{words.builtIn}</Badge>}
          {refused && <Badge tone="danger">{refused}</Badge>}
        </div>
        <div className="entry-detail">{counts.join(' · ')}</div>
        {typeof app.refused === 'string' && <div className="entry-detail">{app.refused}</div>}
      </div>
      <div className="entry-actions">
        <Button size="small" label={words.showNamed(app.title)} onPress={onShow}>
          {words.show}
        </Button>
      </div>
    </div>
  );
}

export default function AppsPage(): ReactNode {
  const apps = useResource(loadApps, []);
  const [shown, setShown] = useState<AdminApp>();
  return (
    <Page title={words.title} description={words.help}>
      {apps.error !== undefined && (
        <Banner
          tone="danger"
          error={apps.error}
          action={<Button onPress={apps.reload}>{strings.common.tryAgain}</Button>}
        />
      )}
      <Card>
        {apps.data ? (
          <div className="entries">
            {apps.data.map((app) => (
              <AppEntry key={app.app} app={app} onShow={() => setShown(app)} />
            ))}
          </div>
        ) : (
          <SkeletonEntries count={3} />
        )}
      </Card>
      {shown && <Vocabulary app={shown} onClose={() => setShown(undefined)} />}
    </Page>
  );
}
