// A small router: where the pages are, and going elsewhere. History entries hold nothing but a
// counter, so that nothing typed or shown is ever kept there.

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react';

export interface Place {
  path: string;
  /** With its leading `?`, or empty. */
  search: string;
  /** How many places were visited before; 0: the page that was opened first. */
  step: number;
}

/** Says whether the page may be left; asks if it has to. */
export type LeaveGuard = () => boolean | Promise<boolean>;

interface HistoryState {
  index: number;
}

const listeners = new Set<() => void>();
let place: Place = { path: location.pathname, search: location.search, step: 0 };
let index = readIndex();
let guard: LeaveGuard | undefined;
let ignoreNext = false;

function readIndex(): number {
  return (history.state as HistoryState | null)?.index ?? 0;
}

function arrive(): void {
  place = { path: location.pathname, search: location.search, step: place.step + 1 };
  index = readIndex();
  for (const listener of listeners) listener();
}

/**
 * Goes to a path of these pages. Returns false where the page's guard said no.
 * Never give it anything secret: it becomes the address.
 */
export async function navigate(to: string, options: { replace?: boolean } = {}): Promise<boolean> {
  if (guard && !(await guard())) return false;
  guard = undefined;
  const next: HistoryState = { index: options.replace ? index : index + 1 };
  if (options.replace) history.replaceState(next, '', to);
  else history.pushState(next, '', to);
  arrive();
  return true;
}

async function onPopState(): Promise<void> {
  if (ignoreNext) {
    ignoreNext = false;
    return;
  }
  const wanted = readIndex() - index;
  if (!guard || wanted === 0) {
    // A jump inside of the page is none between pages.
    if (location.pathname !== place.path || location.search !== place.search) arrive();
    return;
  }
  // The address has changed already: put it back, ask, and then go where the person wanted to go.
  const asked = guard;
  ignoreNext = true;
  history.go(-wanted);
  await new Promise((resolve) => addEventListener('popstate', resolve, { once: true }));
  if (!(await asked())) return;
  guard = undefined;
  history.go(wanted);
}

addEventListener('popstate', () => void onPopState());

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, () => place);
}

/** The parameters after `?`, and a way to change them without a new entry of the history. */
export function useSearch(): [
  URLSearchParams,
  (change: Record<string, string | undefined>) => void,
] {
  const { path, search } = usePlace();
  const parameters = useMemo(() => new URLSearchParams(search), [search]);
  const change = useCallback(
    (changes: Record<string, string | undefined>) => {
      const next = new URLSearchParams(location.search);
      for (const [name, value] of Object.entries(changes)) {
        if (value) next.set(name, value);
        else next.delete(name);
      }
      const text = next.toString();
      history.replaceState(history.state, '', text ? `${path}?${text}` : path);
      place = { ...place, search: location.search };
      for (const listener of listeners) listener();
    },
    [path],
  );
  return [parameters, change];
}

/**
 * While `active`, leaving this page asks `ask` first; closing the tab asks in the browser's words.
 */
export function useLeaveGuard(active: boolean, ask: LeaveGuard): void {
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (!active) return;
    const mine: LeaveGuard = () => latest.current();
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    guard = mine;
    addEventListener('beforeunload', onUnload);
    return () => {
      if (guard === mine) guard = undefined;
      removeEventListener('beforeunload', onUnload);
    };
  }, [active]);
}

export type Parameters = Readonly<Record<string, string>>;

/** Matches `/a/:b` with a path; undefined: it does not. */
export function match(pattern: string, path: string): Parameters | undefined {
  const wanted = pattern.split('/');
  const given = path.replace(/\/+$/, '').split('/');
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? '';
    if (part.startsWith(':')) parameters[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return undefined;
  }
  return parameters;
}

/** A path of these pages out of an address, or the fallback: nobody is sent to another site. */
export function internalPath(text: string | null, fallback: string): string {
  if (!text?.startsWith('/')) return fallback;
  try {
    const url = new URL(text, location.origin);
    if (url.origin !== location.origin || url.pathname.startsWith('//')) return fallback;
    return url.pathname + url.search;
  } catch {
    return fallback;
  }
}

const ParametersContext = createContext<Parameters>({});

export function ParametersProvider(props: { value: Parameters; children: ReactNode }): ReactNode {
  return <ParametersContext value={props.value}>{props.children}</ParametersContext>;
}

export const useParameters = (): Parameters => useContext(ParametersContext);
