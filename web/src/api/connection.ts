// Whether the server can be reached. While it cannot, a banner says so (ui/ConnectionBanner), and
// every waiting GET tries again when it comes back.

type Listener = () => void;

let lost = false;
let wake: (() => void)[] = [];
const listeners = new Set<Listener>();

function change(value: boolean): void {
  if (lost === value) return;
  lost = value;
  for (const listener of listeners) listener();
}

export const connection = {
  subscribe(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  isLost: (): boolean => lost,
  reportLost: (): void => change(true),
  reportFound: (): void => change(false),

  /** Ends when `seconds` have passed, or earlier when tryNow() is called. */
  pause(seconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, seconds * 1000);
      wake.push(() => {
        clearTimeout(timer);
        resolve();
      });
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    });
  },

  tryNow(): void {
    const waiting = wake;
    wake = [];
    for (const go of waiting) go();
  },
};

if (typeof window !== 'undefined') window.addEventListener('online', () => connection.tryNow());
