import { type ClipboardEvent, type DragEvent, type ReactNode, useState } from 'react';
import { strings } from '../../strings';
import { SearchField } from '../../ui';
import { findPresented, type Presented } from '../model/presented';

export interface SecretSearchProps {
  /** What can be searched for. */
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** What to say when a secret was pasted; the list's own words by default. */
  describe?: (presented: Presented) => string;
}

/**
 * A search field into which people paste whole secrets. It takes the public id out before the text
 * gets anywhere: not into the field, not into the page's state, not into a request.
 */
export function SecretSearch(props: SecretSearchProps): ReactNode {
  const { label, value, onChange, describe } = props;
  const words = strings.credentials.list;
  const [note, setNote] = useState('');

  const take = (text: string): boolean => {
    const presented = findPresented(text);
    if (!presented) return false;
    onChange(presented.id);
    const own = presented.whole ? words.pasted : words.pastedBroken;
    setNote(describe?.(presented) ?? own);
    return true;
  };
  const intercept = (event: ClipboardEvent | DragEvent, text: string) => {
    if (take(text)) event.preventDefault();
  };
  return (
    <div
      className="secret-search"
      onPasteCapture={(event) => intercept(event, event.clipboardData.getData('text'))}
      onDropCapture={(event) => intercept(event, event.dataTransfer.getData('text'))}
    >
      <SearchField
        label={label}
        value={value}
        onChange={(text) => {
          if (take(text)) return;
          setNote('');
          onChange(text);
        }}
      />
      <div role="status" className="secret-search-note">
        {note}
      </div>
    </div>
  );
}
