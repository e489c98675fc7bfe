import type { ReactNode } from 'react';
import { strings } from '../../strings';
import { Button, EmptyState } from '../../ui';

const words = strings.credentials.list;

/** A list that search and filters left nothing of. */
export function NoMatch(props: { onClear: () => void }): ReactNode {
  return (
    <EmptyState
      icon="search"
      title={words.noMatch}
      action={<Button onPress={props.onClear}>{words.clearFilters}</Button>}
    >
      {words.noMatchHelp}
    </EmptyState>
  );
}
