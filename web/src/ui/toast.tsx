import { type ReactNode, useSyncExternalStore } from 'react';
import { strings } from '../strings';
import { IconButton } from './Button';
import { Icon } from './Icon';

interface Toast {
  id: number;
  text: string;
  tone: 'success' | 'danger';
}

const SHOWN_MS = 6000;

let toasts: readonly Toast[] = [];
let counter = 0;
const listeners = new Set<() => void>();

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

const dismiss = (id: number): void => change(toasts.filter((toast) => toast.id !== id));

/** Says briefly that something was done. What a person must act on belongs into a Banner. */
export function toast(text: string, tone: Toast['tone'] = 'success'): void {
  const id = ++counter;
  change([...toasts.slice(-2), { id, text, tone }]);
  setTimeout(() => dismiss(id), SHOWN_MS);
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function ToastRegion(): ReactNode {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" role="status" aria-live="polite" data-react-aria-top-layer>
      {shown.map((entry) => (
        <div key={entry.id} className="toast" data-tone={entry.tone}>
          <Icon name={entry.tone === 'success' ? 'success' : 'alert'} />
          <span>{entry.text}</span>
          <IconButton
            icon="close"
            size="small"
            label={strings.common.dismiss}
            onPress={() => dismiss(entry.id)}
          />
        </div>
      ))}
    </div>
  );
}
