import { useCallback, useEffect, useState } from 'react';
import { isSilent } from '../api';
import { PATHS, pagesOf } from './data';
import type { CredentialRow } from './model/listing';
import type { CredentialKind } from './model/presented';

/** How often the list grows on the screen while more of it arrives. */
const SHOW_EVERY_MS = 300;

export interface AllRows {
  rows: CredentialRow[] | undefined;
  /** Whether the last page has arrived. */
  complete: boolean;
  error: unknown;
  reload: () => void;
  /** Replaces rows that the server has confirmed to be different now. */
  change: (change: (row: CredentialRow) => CredentialRow) => void;
}

/** Every credential of one kind, page by page; what has arrived is shown meanwhile. */
export function useAllRows(kind: CredentialKind): AllRows {
  const [rows, setRows] = useState<CredentialRow[]>();
  const [complete, setComplete] = useState(false);
  const [error, setError] = useState<unknown>();
  const [round, setRound] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round loads all again
  useEffect(() => {
    const abort = new AbortController();
    const load = async () => {
      const loaded: CredentialRow[] = [];
      let shownAt = 0;
      for await (const page of pagesOf<CredentialRow>(PATHS[kind], {}, abort.signal)) {
        loaded.push(...page.values);
        if (abort.signal.aborted) return;
        if (performance.now() - shownAt < SHOW_EVERY_MS) continue;
        shownAt = performance.now();
        setRows([...loaded]);
      }
      setRows(loaded);
      setComplete(true);
    };
    setComplete(false);
    setError(undefined);
    load().catch((reason: unknown) => {
      if (!abort.signal.aborted && !isSilent(reason)) setError(reason);
    });
    return () => abort.abort();
  }, [kind, round]);

  const reload = useCallback(() => setRound((value) => value + 1), []);
  const change = useCallback((each: (row: CredentialRow) => CredentialRow) => {
    setRows((current) => current?.map(each));
  }, []);
  return { rows, complete, error, reload, change };
}
