// better-auth with its API key plugin on PostgreSQL: checks the key of each request, and nothing else.
//     node better_auth.mjs PORT COUNT FILE SOCKET_DIRECTORY DATABASE    writes COUNT keys to FILE, then listens

import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.cwd()}/package.json`);
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { betterAuth } = await load('better-auth');
const { getMigrations } = await load('better-auth/db/migration');
const { apiKey } = await load('@better-auth/api-key');
const { default: pg } = await load('pg');

const [port, count, file, host, database] = process.argv.slice(2);

const options = {
  baseURL: `http://127.0.0.1:${port}`,
  secret: 'a-secret-of-the-benchmark-and-of-nothing-else',
  telemetry: { enabled: false },
  logger: { level: 'error' },
  database: new pg.Pool({ host, database, max: 16 }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  plugins: [apiKey({ rateLimit: { enabled: false } })],
};
const auth = betterAuth(options);
const { runMigrations } = await getMigrations(options);
await runMigrations();

const { user } = await auth.api.signUpEmail({
  body: { email: 'bench@example.com', password: 'a long enough password', name: 'bench' },
});
const keys = [];
for (let done = 0; done < Number(count); done += 50) {
  const some = Array.from({ length: Math.min(50, Number(count) - done) }, () =>
    auth.api.createApiKey({ body: { userId: user.id, name: 'bench', permissions: { items: ['read'] } } }));
  keys.push(...(await Promise.all(some)).map((made) => made.key));
}
writeFileSync(file, `${keys.join('\n')}\n`, { mode: 0o600 });

createServer(async (request, response) => {
  const key = request.headers.authorization?.slice('Bearer '.length) ?? '';
  const { valid } = await auth.api.verifyApiKey({ body: { key, permissions: { items: ['read'] } } });
  response.writeHead(valid ? 204 : 401).end();
}).listen(Number(port), '127.0.0.1');
