// The mock behind HTTP, with the built pages and the real pages' security headers:
//   node mock/server.mjs [--port 8090]

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createMock } from './app.mjs';
import { LINKS, PASSWORD } from './state.mjs';

const dist = new URL('../dist/', import.meta.url);
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

function serveFile(path, response) {
  const name = path.startsWith('/assets/') ? path.slice(1) : 'index.html';
  let bytes;
  try {
    bytes = readFileSync(new URL(name, dist));
  } catch {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not built: npm run build\n');
    return;
  }
  response.writeHead(200, {
    'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
    'Content-Security-Policy': POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': name === 'index.html' ? 'no-store' : 'public, max-age=31536000, immutable',
  });
  response.end(bytes);
}

async function readBody(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function serveApi(mock, request, response) {
  const body = await readBody(request);
  const result = await mock.handle({
    method: request.method,
    path: request.url,
    headers: request.headers,
    body,
  });
  response.writeHead(result.status, result.headers).end(result.body);
}

/** Listens; port 0 takes a free one. */
export function startServer(mock, port = 0) {
  const server = createServer((request, response) => {
    const path = request.url.split('?')[0];
    if (!path.startsWith('/api/') && !path.startsWith('/login/oidc/'))
      return serveFile(path, response);
    serveApi(mock, request, response).catch((error) => {
      console.error(error);
      response.writeHead(500).end();
    });
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flag = process.argv.indexOf('--port');
  const port = flag > 0 ? Number(process.argv[flag + 1]) : 8090;
  await startServer(createMock(), port);
  console.log(`mock: http://localhost:${port}  (alice or bob, "${PASSWORD}")`);
  for (const link of Object.values(LINKS))
    console.log(`      http://localhost:${port}/link#${link}`);
}
