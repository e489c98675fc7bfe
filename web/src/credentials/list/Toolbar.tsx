import type { ReactNode } from 'react';
import { strings } from '../../strings';
import { Select } from '../../ui';
import type { Filter } from '../model/listing';
import type { Presented } from '../model/presented';
import { SecretSearch } from './SecretSearch';

const words = strings.credentials.list;

const STATES: readonly Filter['state'][] = [
  'all',
  'active',
  'near',
  'unused',
  'expired',
  'revoked',
];

export interface ToolbarProps {
  searchLabel: string;
  filter: Filter;
  onChange: (filter: Filter) => void;
  apps: readonly { app: string; title: string }[];
  states?: readonly Filter['state'][];
  describe?: (presented: Presented) => string;
  children?: ReactNode;
}

/** Search and filters above a list of credentials. */
export function Toolbar(props: ToolbarProps): ReactNode {
  const { filter, onChange, apps, states = STATES, describe, children } = props;
  const appOptions = [
    { id: '', label: words.allApps },
    ...apps.map((entry) => ({ id: entry.app, label: entry.title })),
  ];
  return (
    <div className="list-toolbar">
      <SecretSearch
        label={props.searchLabel}
        value={filter.query}
        onChange={(query) => onChange({ ...filter, query })}
        {...(describe ? { describe } : {})}
      />
      <Select
        label={words.state}
        hideLabel
        options={states.map((id) => ({ id, label: words.states[id] }))}
        value={filter.state}
        onChange={(state) => onChange({ ...filter, state })}
      />
      {apps.length > 1 && (
        <Select
          label={words.app}
          hideLabel
          options={appOptions}
          value={filter.app}
          onChange={(app) => onChange({ ...filter, app })}
        />
      )}
      {children}
    </div>
  );
}
