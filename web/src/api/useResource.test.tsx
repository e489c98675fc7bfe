import { act, renderHook, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Cancelled } from './problem';
import { useAction, useResource } from './useResource';

describe('useResource', () => {
  it('keeps the old answer while a new one is on its way', async () => {
    let answer = 1;
    const { result } = renderHook(() => useResource(async () => answer, []));
    await waitFor(() => expect(result.current.data).toBe(1));
    answer = 2;
    act(() => result.current.reload());
    expect(result.current).toMatchObject({ data: 1, loading: true });
    await waitFor(() => expect(result.current.data).toBe(2));
  });

  it('gives up what is not wanted any more', async () => {
    const signals: AbortSignal[] = [];
    const load = async (signal: AbortSignal) => {
      signals.push(signal);
      return signals.length;
    };
    const { rerender, unmount } = renderHook(({ key }) => useResource(load, [key]), {
      initialProps: { key: 'a' },
    });
    rerender({ key: 'b' });
    expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
    unmount();
    expect(signals[1]?.aborted).toBe(true);
  });
});

describe('useAction', () => {
  it('runs once at a time', async () => {
    let runs = 0;
    let finish = () => {};
    const { result } = renderHook(() =>
      useAction(async () => {
        runs += 1;
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
      }),
    );
    act(() => void result.current.run());
    act(() => void result.current.run());
    expect(runs).toBe(1);
    await act(async () => finish());
    expect(result.current.pending).toBe(false);
  });

  it('keeps an error, but not that somebody closed a dialog', async () => {
    let error: Error = new Error('no');
    const { result } = renderHook(() =>
      useAction(async () => {
        throw error;
      }),
    );
    await act(async () => void (await result.current.run()));
    expect(result.current.error).toBe(error);
    error = new Cancelled();
    await act(async () => void (await result.current.run()));
    expect(result.current.error).toBeUndefined();
  });
});
