// Debian's chromium, driven by playwright-core, for pictures and checks of the pages.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const PROGRAMS = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

export function launch() {
  const executablePath = PROGRAMS.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('no chromium: apt-get install chromium, or set CHROMIUM');
  // In a container the browser cannot make its own sandbox as root.
  return chromium.launch({
    executablePath,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

/** Collects what no page may do: break the policy, throw, or write an error into the console. */
export function watch(page) {
  const findings = [];
  page.on('pageerror', (error) => findings.push(`exception: ${error.message}`));
  page.on('dialog', (dialog) => {
    if (dialog.type() !== 'beforeunload') findings.push(`dialog: ${dialog.message()}`);
    dialog.accept().catch(() => {});
  });
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    // The browser notes every answer that is no success; the pages show them.
    if (message.text().startsWith('Failed to load resource')) return;
    findings.push(`console: ${message.text()}`);
  });
  return findings;
}
