import type { ReactNode } from 'react';
import { strings } from '../../strings';
import { Button } from '../../ui';

const words = strings.credentials.list;

/** Floats over the page while rows are ticked, so that the list does not move. */
export function SelectionBar(props: {
  count: number;
  onRevoke: () => void;
  onClear: () => void;
}): ReactNode {
  return (
    <div role="status">
      {props.count > 0 && (
        <div className="selection-bar">
          <span>{words.selected(props.count)}</span>
          <Button size="small" variant="quiet" onPress={props.onClear}>
            {words.clearSelection}
          </Button>
          <Button size="small" variant="danger" icon="trash" onPress={props.onRevoke}>
            {strings.credentials.revoke.one}
          </Button>
        </div>
      )}
    </div>
  );
}
