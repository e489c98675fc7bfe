import { act, render, screen, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { beforeEach, describe, expect, it } from 'vitest';
import { navigate, useLeaveGuard, usePlace } from './router';

let asked = 0;
const steps: number[] = [];
let answer = false;

function Guarded(): ReactNode {
  const { path, step } = usePlace();
  steps.push(step);
  useLeaveGuard(path === '/form', () => {
    asked += 1;
    return answer;
  });
  return <p>{path}</p>;
}

beforeEach(async () => {
  asked = 0;
  answer = false;
  await navigate('/before');
  render(<Guarded />);
  await act(async () => void (await navigate('/form')));
  expect(screen.getByText('/form')).toBeVisible();
});

describe('a page with a guard', () => {
  it('stays when the person wants to stay', async () => {
    let left = true;
    await act(async () => {
      left = await navigate('/elsewhere');
    });
    expect(left).toBe(false);
    expect(location.pathname).toBe('/form');
    answer = true;
    await act(async () => void (await navigate('/elsewhere')));
    expect(screen.getByText('/elsewhere')).toBeVisible();
    expect(asked).toBe(2);
  });

  it('is asked by the back button too, and then left or not', async () => {
    const step = steps.at(-1);
    act(() => history.back());
    await waitFor(() => expect(asked).toBe(1));
    await waitFor(() => expect(location.pathname).toBe('/form'));
    expect(screen.getByText('/form')).toBeVisible();
    // Not even for a moment was it another page, so nothing typed is lost.
    expect(steps.at(-1)).toBe(step);

    answer = true;
    act(() => history.back());
    expect(await screen.findByText('/before')).toBeVisible();
    expect(asked).toBe(2);
  });

  it('lets the browser ask when the tab closes', () => {
    const event = new Event('beforeunload', { cancelable: true });
    dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
  });

  it('asks no more once it was left', async () => {
    answer = true;
    await act(async () => void (await navigate('/elsewhere')));
    await act(async () => void (await navigate('/further')));
    expect(asked).toBe(1);
  });
});
