// npm's oidc-provider for tests, with a browser in front of it.
//
//     node provider.mjs        in a directory where oidc-provider is installed
//
// It prints its issuer. Each line of its input is a URL that the browser opens, where somebody signs in
// as ana-7 and agrees to everything; it prints where that ends. It stops with its input.
//
// OIDC_CALLBACK is where its clients live, OIDC_EMAIL_VERIFIED=false makes it vouch for no address.

import { createServer, get } from 'node:http';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

console.log = console.info = console.warn = () => {};
const require = createRequire(`${process.cwd()}/package.json`);
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const callback = process.env.OIDC_CALLBACK ?? 'http://localhost:9/login/oidc/test/callback';
const verified = process.env.OIDC_EMAIL_VERIFIED !== 'false';
let provider;

async function interact(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: 'ana-7' } });
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

const server = createServer((request, response) => {
  if (request.url.startsWith('/interaction/')) interact(request, response);
  else provider.callback()(request, response);
});
await new Promise((resolve) => { server.listen(0, 'localhost', resolve); });
const issuer = `http://localhost:${server.address().port}`;
provider = new Provider(issuer, {
  clients: ['client_secret_basic', 'none'].map((method) => ({
    client_id: method,
    ...(method === 'none' ? {} : { client_secret: 's3cret/ +' }),
    token_endpoint_auth_method: method,
    redirect_uris: [callback],
  })),
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (context, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (context, sub) => ({
    accountId: sub,
    claims: () => ({ sub, email: 'ana@example.org', email_verified: verified, name: 'Ana' }),
  }),
});
process.stdout.write(`${issuer}\n`);

// fetch() of Debian 12's Node.js does not tell one cookie from the next.
function fetchOnce(url, cookie) {
  return new Promise((resolve, reject) => {
    get(url, { headers: { cookie } }, async (answer) => {
      answer.text = '';
      for await (const part of answer.setEncoding('utf8')) answer.text += part;
      resolve(answer);
    }).on('error', reject);
  });
}

async function browse(start) {
  const cookies = new Map();
  let url = start;
  for (let i = 0; i < 20 && !url.startsWith(callback); ++i) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetchOnce(url, cookie);
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      cookies.set(name, value);
    }
    const next = answer.headers.location;
    if (!next) return `${answer.statusCode} ${answer.text.replaceAll('\n', ' ')}`;
    url = new URL(next, url).href;
  }
  return url;
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await browse(line)}\n`);
}
process.exit(0);
