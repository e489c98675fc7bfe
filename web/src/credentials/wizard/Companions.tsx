import type { ReactNode } from 'react';
import { strings } from '../../strings';
import { Button, Icon } from '../../ui';
import type { Catalogue } from '../model/catalogue';
import { missingCompanions } from '../model/companions';
import { type Draft, toggleScope } from './draft';

const words = strings.credentials.wizard;

/** Warns of scopes that what was ticked usually needs as well, and adds them by one press. */
export function Companions(props: {
  draft: Draft;
  catalogue: Catalogue;
  onChange: (draft: Draft) => void;
}): ReactNode {
  const { draft, catalogue, onChange } = props;
  const missing = missingCompanions(catalogue.scopes, draft.scopes);
  return (
    <div role="status">
      {missing.length > 0 && (
        <div className="companions">
          <Icon name="warning" />
          <div className="companions-text">
            <strong>{words.companions}</strong>
            <ul>
              {missing.map(({ scope, reason }) => (
                <li key={scope.name}>
                  <Button
                    size="small"
                    icon="plus"
                    label={words.addNamed(scope.name)}
                    onPress={() => onChange(toggleScope(draft, scope.name, true))}
                  >
                    <code>{scope.name}</code>
                  </Button>
                  <span className="field-hint">{reason}</span>
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </div>
  );
}
