// What the credential and administration routes keep beside the mock's state.
// LATCHKEY_MOCK_TOKENS=50000 makes a long list.

import { Credentials } from './credentials.mjs';

const stores = new WeakMap();

export function credentialsOf(mock) {
  const known = stores.get(mock.state);
  if (known) return known;
  const credentials = new Credentials(() => mock.now());
  const many = Number(process.env.LATCHKEY_MOCK_TOKENS ?? 23);
  credentials.fill('alice', { 'api-token': many, 'app-password': 6 });
  credentials.fill('bob', { 'api-token': 8, 'app-password': 2 });
  credentials.fill('deploy-bot', { 'api-token': 3 });
  stores.set(mock.state, credentials);
  return credentials;
}
