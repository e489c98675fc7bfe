import { type ReactNode, useEffect } from 'react';
import { useResource } from '../api';
import { strings } from '../strings';
import { Banner, Button, Card, EmptyState, Page, SkeletonEntries, Time } from '../ui';
import './admin.css';
import { type Health, loadHealth } from './data';

const words = strings.admin.health;
const AGAIN_MS = 15_000;

export function formatUptime(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  if (hours >= 24) return words.days(Math.floor(hours / 24), hours % 24);
  return words.hours(hours, Math.floor((seconds % 3600) / 60));
}

function Facts({ health }: { health: Health }): ReactNode {
  const number = (value: number) => value.toLocaleString('en');
  const facts: [string, string][] = [
    [words.version, health.version],
    [words.sqlite, health.sqlite_version],
    [words.uptime, formatUptime(health.uptime_s)],
    [words.accounts, number(health.accounts)],
    [words.credentials, number(health.credentials)],
    [words.refused, number(health.refused_records)],
    [words.journal, number(health.journal.seq)],
  ];
  return (
    <dl className="figures">
      {facts.map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Alarms({ alarms }: { alarms: Health['alarms'] }): ReactNode {
  if (alarms.length === 0) {
    return (
      <EmptyState icon="success" title={words.noAlarms}>
        {words.noAlarmsHelp}
      </EmptyState>
    );
  }
  return (
    <ul className="entries">
      {alarms.map((alarm) => {
        const { text, at } = typeof alarm === 'string' ? { text: alarm, at: undefined } : alarm;
        return (
          <li key={`${at} ${text}`} className="entry">
            <div className="entry-text">{text}</div>
            {at && <Time instant={at} form="relative" />}
          </li>
        );
      })}
    </ul>
  );
}

export default function HealthPage(): ReactNode {
  const health = useResource(loadHealth, []);
  const { data, reload } = health;

  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') reload();
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }, [reload]);

  return (
    <Page
      title={words.title}
      description={words.help}
      actions={
        <Button icon="refresh" onPress={reload}>
          {words.refresh}
        </Button>
      }
    >
      {health.error !== undefined && <Banner tone="danger" error={health.error} />}
      {data ? (
        <>
          {data.ready ? (
            <Banner tone="success" title={words.ready}>
              {words.readyHelp}
            </Banner>
          ) : (
            <Banner tone="danger" title={words.notReady}>
              {data.why_not_ready}
            </Banner>
          )}
          <Card>
            <Facts health={data} />
          </Card>
          <Card title={words.alarms}>
            <Alarms alarms={data.alarms} />
          </Card>
        </>
      ) : (
        health.error === undefined && <SkeletonEntries count={4} />
      )}
    </Page>
  );
}
