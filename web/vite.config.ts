import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import optimizeLocales from '@react-aria/optimize-locales-plugin';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/**
 * The script that sets the theme before the first paint. It must block, so it is no module; and no
 * inline script passes the pages' Content-Security-Policy, so it is a file with a hash of its own.
 */
function bootScript(): Plugin {
  const source = readFileSync(new URL('src/boot.js', import.meta.url), 'utf8');
  const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8);
  const built = `assets/boot-${hash}.js`;
  return {
    name: 'latchkey-boot-script',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: built, source });
    },
    transformIndexHtml(_html, context) {
      const src = context.bundle ? `/${built}` : '/src/boot.js';
      return [{ tag: 'script', attrs: { src }, injectTo: 'head' }];
    },
  };
}

/** The icon under one name for ever: for browsers that look for it beside what is no document. */
function favicon(): Plugin {
  const source = readFileSync(new URL('src/ui/logo.svg', import.meta.url), 'utf8');
  return {
    name: 'latchkey-favicon',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'favicon.svg', source });
    },
  };
}

/** Asks for the one font that every page needs together with the style sheet, not after it. */
function preloadFont(): Plugin {
  return {
    name: 'latchkey-preload-font',
    transformIndexHtml(_html, context) {
      const font = Object.keys(context.bundle ?? {}).find((name) =>
        /geist-latin-wght.*\.woff2$/.test(name),
      );
      if (font === undefined) return [];
      const attrs = {
        rel: 'preload',
        as: 'font',
        type: 'font/woff2',
        href: `/${font}`,
        crossorigin: '',
      };
      return [{ tag: 'link', attrs, injectTo: 'head' }];
    },
  };
}

export default defineConfig({
  plugins: [
    react(),
    { ...optimizeLocales.vite({ locales: ['en-US'] }), enforce: 'pre' },
    bootScript(),
    preloadFont(),
    favicon(),
  ],
  server: {
    port: 5173,
    proxy: { '/api': 'http://localhost:8090', '/login/oidc': 'http://localhost:8090' },
  },
  build: {
    target: 'es2022',
    // A data: URL would be a second place that a font or a style can come from.
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: {
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'http://localhost/' } },
    setupFiles: ['src/testing/setup.ts'],
    css: false,
    restoreMocks: true,
    testTimeout: 20000,
  },
});
