import { type ReactNode, useDeferredValue, useMemo, useState } from 'react';
import { ToggleButton } from 'react-aria-components';
import { strings } from '../../strings';
import { Checkbox, SearchField, Switch } from '../../ui';
import {
  type Catalogue,
  commonFirst,
  groupEntries,
  type ScopeEntry,
  searchEntries,
} from '../model/catalogue';
import { isPreset, presetsFor } from '../model/presets';
import { type Draft, toggleScope } from './draft';

const words = strings.credentials.wizard;

export interface ScopesStepProps {
  draft: Draft;
  catalogue: Catalogue;
  onChange: (draft: Draft) => void;
}

function Presets({ draft, catalogue, onChange }: ScopesStepProps): ReactNode {
  const presets = presetsFor(catalogue);
  if (presets.length === 0) return null;
  return (
    <fieldset className="presets">
      <legend className="field-label">{words.presets}</legend>
      <div className="chips">
        {presets.map((preset) => (
          <ToggleButton
            key={preset.id}
            className="chip"
            isSelected={isPreset(preset, draft.scopes)}
            onChange={(on) => onChange({ ...draft, scopes: new Set(on ? preset.scopes : []) })}
          >
            {preset.title}
          </ToggleButton>
        ))}
      </div>
    </fieldset>
  );
}

function ScopeGroup(props: {
  title: string;
  entries: readonly ScopeEntry[];
  chosen: ReadonlySet<string>;
  onToggle: (scope: string, on: boolean) => void;
}): ReactNode {
  const ticked = props.entries.filter((scope) => props.chosen.has(scope.name)).length;
  return (
    <fieldset className="scope-group">
      <legend>
        {props.title}
        {ticked > 0 && <span className="scope-count">{ticked}</span>}
      </legend>
      <div className="scope-list">
        {props.entries.map((scope) => (
          <Checkbox
            key={scope.name}
            isSelected={props.chosen.has(scope.name)}
            onChange={(on) => props.onToggle(scope.name, on)}
            description={scope.description}
          >
            <span className="scope-title">
              {scope.title} <code>{scope.name}</code>
            </span>
          </Checkbox>
        ))}
      </div>
    </fieldset>
  );
}

export function ScopesStep(props: ScopesStepProps): ReactNode {
  const { draft, catalogue, onChange } = props;
  const [query, setQuery] = useState('');
  const [onlyChosen, setOnlyChosen] = useState(false);
  const wanted = useDeferredValue(query);
  const groups = useMemo(() => {
    const found = searchEntries(catalogue.scopes, wanted);
    const shown = onlyChosen ? found.filter((scope) => draft.scopes.has(scope.name)) : found;
    return commonFirst(groupEntries(shown));
  }, [catalogue, wanted, onlyChosen, draft.scopes]);
  return (
    <>
      <Presets {...props} />
      <div className="scope-tools">
        <SearchField
          label={words.search}
          placeholder={words.searchHint(catalogue.scopes.length)}
          value={query}
          onChange={setQuery}
        />
        <Switch isSelected={onlyChosen} onChange={setOnlyChosen}>
          {words.onlyChosen}
        </Switch>
      </div>
      <div className="scope-groups">
        {groups.map((group) => (
          <ScopeGroup
            key={group.title}
            title={group.title}
            entries={group.entries}
            chosen={draft.scopes}
            onToggle={(scope, on) => onChange(toggleScope(draft, scope, on))}
          />
        ))}
        {groups.length === 0 && (
          <p className="muted scope-none">{query ? words.noScope(query) : words.chosen(0)}</p>
        )}
      </div>
    </>
  );
}
