// How the pages look on this device: theme and density, as attributes of the document. boot.js sets
// them before the first paint, by the same keys.

import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark' | 'system';
export type Density = 'comfortable' | 'compact';

const listeners = new Set<() => void>();

function store(name: 'theme' | 'density', value: string | undefined): void {
  if (value === undefined) delete document.documentElement.dataset[name];
  else document.documentElement.dataset[name] = value;
  try {
    if (value === undefined) localStorage.removeItem(`latchkey-${name}`);
    else localStorage.setItem(`latchkey-${name}`, value);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

function theme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

const density = (): Density =>
  document.documentElement.dataset.density === 'compact' ? 'compact' : 'comfortable';

/** `system` follows the device's setting. */
export const setTheme = (value: Theme): void =>
  store('theme', value === 'system' ? undefined : value);
export const setDensity = (value: Density): void =>
  store('density', value === 'comfortable' ? undefined : value);

export const useTheme = (): Theme => useSyncExternalStore(subscribe, theme);
export const useDensity = (): Density => useSyncExternalStore(subscribe, density);

/** Stores the present look again, after storage was cleared. */
export function keepLook(): void {
  setTheme(theme());
  setDensity(density());
}
