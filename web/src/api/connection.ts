// Whether the server can be reached. While it cannot, a banner says so (ui/ConnectionBanner), and
// every waiting GET tries again when it comes back.

type Listener = () => void;

let lost = false;
let told = 0;
let wake: (() => void)[] = [];
const listeners = new Set<Listener>();

function notify(): void {
  for (const listener of listeners) listener();
}

function change(value: boolean): void {
  if (lost === value) return;
  lost = value;
  notify();
}

export const connection = {
  subscribe(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  isLost: (): boolean => lost,
  /** Lost, and nothing on the page says so already. */
  isUntold: (): boolean => lost && told === 0,
  /** Something on the page says it, until the returned function is called. */
  tell(): () => void {
    told += 1;
    notify();
    return () => {
      told -= 1;
      notify();
    };
  },
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
