import { act, render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { App } from '../app/App';

/** The whole program at a path, and somebody to use it. */
export async function renderApp(path: string) {
  history.pushState(null, '', path);
  const user = userEvent.setup();
  await act(async () => {
    dispatchEvent(new PopStateEvent('popstate'));
    render(<App />);
  });
  return user;
}
