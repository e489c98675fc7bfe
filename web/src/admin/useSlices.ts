import { useCallback, useEffect, useRef, useState } from 'react';
import { isSilent } from '../api';
import type { Slice } from './data';

export interface Slices<T> {
  /** What has been loaded so far; undefined before the first part. */
  rows: T[] | undefined;
  total: number | undefined;
  /** Whether there is more to load. */
  more: boolean;
  loading: boolean;
  error: unknown;
  loadMore: () => void;
  reload: () => void;
  change: (change: (rows: T[]) => T[]) => void;
}

type Load<T> = (after: string | undefined, signal: AbortSignal) => Promise<Slice<T>>;

/**
 * A list that the server filters and sorts, loaded part by part. Whenever `key` changes it starts
 * anew; the old rows stay until the new ones are here, so that nothing jumps.
 */
export function useSlices<T>(load: Load<T>, key: string, delay_ms = 0): Slices<T> {
  const [rows, setRows] = useState<T[]>();
  const [total, setTotal] = useState<number>();
  const [next, setNext] = useState<string>();
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<unknown>();
  const [round, setRound] = useState(0);
  const loader = useRef(load);
  loader.current = load;
  const abort = useRef<AbortController>(undefined);

  const fetchPart = useCallback(async (after: string | undefined, signal: AbortSignal) => {
    setLoading(true);
    try {
      const part = await loader.current(after, signal);
      if (signal.aborted) return;
      setRows((current) =>
        after === undefined ? part.values : [...(current ?? []), ...part.values],
      );
      setTotal((current) => part.total ?? (after === undefined ? undefined : current));
      setNext(part.next);
      setError(undefined);
    } catch (reason) {
      if (!signal.aborted && !isSilent(reason)) setError(reason);
    } finally {
      if (!signal.aborted) setLoading(false);
    }
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another key or round starts anew
  useEffect(() => {
    const controller = new AbortController();
    abort.current = controller;
    const timer = setTimeout(() => void fetchPart(undefined, controller.signal), delay_ms);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [key, round]);

  const loadMore = useCallback(() => {
    const signal = abort.current?.signal;
    if (next !== undefined && !loading && signal && !signal.aborted) void fetchPart(next, signal);
  }, [next, loading, fetchPart]);
  const reload = useCallback(() => setRound((value) => value + 1), []);
  const change = useCallback((each: (rows: T[]) => T[]) => {
    setRows((current) => current && each(current));
  }, []);
  return { rows, total, more: next !== undefined, loading, error, loadMore, reload, change };
}
