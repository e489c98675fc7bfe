import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useLeaveGuard } from '../../app/router';

export interface Shown<T> {
  /** What is shown, with its secret; gone once the page was left. */
  value: T | undefined;
  show: (value: T) => void;
  /** True: there was one, and the browser has left this page since. */
  hidden: boolean;
  copied: boolean;
  markCopied: () => void;
}

/**
 * Holds something secret for as long as its page is shown, in memory only. Leaving the page before
 * copying asks, once. A page that the browser keeps for its Back button loses it too.
 */
export function useSecret<T>(ask: () => Promise<boolean>): Shown<T> {
  const [value, setValue] = useState<T>();
  const [hidden, setHidden] = useState(false);
  const [copied, setCopied] = useState(false);
  const [asked, setAsked] = useState(false);
  const present = useRef(false);
  present.current = value !== undefined;

  useLeaveGuard(value !== undefined && !copied && !asked, async () => {
    const leave = await ask();
    setAsked(true);
    return leave;
  });

  useEffect(() => {
    const forget = () => {
      if (!present.current) return;
      flushSync(() => {
        setValue(undefined);
        setHidden(true);
      });
    };
    addEventListener('pagehide', forget);
    return () => removeEventListener('pagehide', forget);
  }, []);

  return { value, show: setValue, hidden, copied, markCopied: () => setCopied(true) };
}
