import { type DependencyList, useCallback, useEffect, useRef, useState } from 'react';
import { isSilent } from './problem';

export interface Resource<T> {
  /** The newest answer; stays while a newer one is on its way, so that nothing jumps. */
  data: T | undefined;
  error: unknown;
  loading: boolean;
  reload: () => void;
  /** Changes what is shown at once, for changes that the server has confirmed. */
  set: (change: (data: T) => T) => void;
}

/** Loads something when the page opens and whenever `deps` change; gives up when it is left. */
export function useResource<T>(
  load: (signal: AbortSignal) => Promise<T>,
  deps: DependencyList,
): Resource<T> {
  const [data, setData] = useState<T>();
  const [error, setError] = useState<unknown>();
  const [loading, setLoading] = useState(true);
  const [round, setRound] = useState(0);
  const loader = useRef(load);
  loader.current = load;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what it depends on
  useEffect(() => {
    const abort = new AbortController();
    setLoading(true);
    loader
      .current(abort.signal)
      .then(
        (value) => {
          if (abort.signal.aborted) return;
          setData(() => value);
          setError(undefined);
        },
        (reason) => {
          if (!abort.signal.aborted && !isSilent(reason)) setError(reason);
        },
      )
      .finally(() => {
        if (!abort.signal.aborted) setLoading(false);
      });
    return () => abort.abort();
  }, [round, ...deps]);

  const reload = useCallback(() => setRound((value) => value + 1), []);
  const set = useCallback((change: (data: T) => T) => {
    setData((value) => (value === undefined ? value : change(value)));
  }, []);
  return { data, error, loading, reload, set };
}

export interface Action<A extends unknown[]> {
  run: (...args: A) => Promise<boolean>;
  pending: boolean;
  error: unknown;
  clear: () => void;
}

/** Something that a button does: once at a time, its error kept for the form to show. */
export function useAction<A extends unknown[]>(work: (...args: A) => Promise<void>): Action<A> {
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>();
  const running = useRef(false);
  const worker = useRef(work);
  worker.current = work;

  const run = useCallback(async (...args: A): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setPending(true);
    setError(undefined);
    try {
      await worker.current(...args);
      return true;
    } catch (reason) {
      if (!isSilent(reason)) setError(reason);
      return false;
    } finally {
      running.current = false;
      setPending(false);
    }
  }, []);
  const clear = useCallback(() => setError(undefined), []);
  return { run, pending, error, clear };
}
