// oidc-provider as an introspection endpoint: opaque access tokens in its own memory store.
//     node oidc_provider.mjs PORT COUNT FILE    writes COUNT tokens to FILE, then listens

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.cwd()}/package.json`);
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const [port, count, file] = process.argv.slice(2);

// Its own memory store forgets all but the last thousand entries, so here it is a plain map.
const entries = new Map();
class MapAdapter {
  constructor(name) { this.name = name; }
  async upsert(id, payload) { entries.set(`${this.name}:${id}`, payload); }
  async find(id) { return entries.get(`${this.name}:${id}`); }
  async findByUid() { return undefined; }
  async findByUserCode() { return undefined; }
  async consume() {}
  async destroy(id) { entries.delete(`${this.name}:${id}`); }
  async revokeByGrantId() {}
}

const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: MapAdapter,
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    devInteractions: { enabled: false },
  },
  scopes: ['read'],
  ttl: { ClientCredentials: 7 * 24 * 3600 },
  clients: [{
    client_id: 'bench',
    client_secret: 'bench-secret',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    scope: 'read',
  }],
});

const client = await provider.Client.find('bench');
const tokens = [];
for (let i = 0; i < Number(count); ++i) {
  tokens.push(await new provider.ClientCredentials({ client, scope: 'read' }).save());
}
writeFileSync(file, `${tokens.join('\n')}\n`, { mode: 0o600 });
provider.listen(Number(port), '127.0.0.1');
