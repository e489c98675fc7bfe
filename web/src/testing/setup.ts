import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

configure({
  // The first page of a file loads everything it is made of, on a machine that has other work.
  asyncUtilTimeout: 8000,
  // The whole document in every failure hides what failed.
  getElementError: (message) => new Error(message ?? 'not found'),
});

afterEach(() => cleanup());
window.scrollTo = () => {};
