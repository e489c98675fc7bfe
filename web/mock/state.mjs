// The data that a mock starts with.
//
//   alice  a person and administrator      password below, no second step
//   bob    a person                        password below and TOTP with the key below

import { randomBytes } from 'node:crypto';

export const PASSWORD = 'correct horse battery staple';
export const TOTP_KEY = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
export const LINKS = {
  setUp: 'SetUpSetUpSetUp1.aaaaaaaaaaaaaaaaaaaaaa',
  invitation: 'Invitation000001.aaaaaaaaaaaaaaaaaaaaaa',
  reset: 'PasswordReset001.aaaaaaaaaaaaaaaaaaaaaa',
};

const DAY = 86400000;

export const newId = (size = 16) =>
  randomBytes(24)
    .toString('base64')
    .replace(/[^0-9A-Za-z]/g, 'x')
    .slice(0, size);
export const iso = (time) => new Date(time).toISOString().replace('.000Z', 'Z');

function accounts(now) {
  const person = (id, username, name, more) => ({
    id,
    email: `${username}@example.com`,
    username,
    display_name: name,
    kind: 'person',
    state: 'active',
    admin: false,
    created_at: iso(now - 90 * DAY),
    password: PASSWORD,
    totp: null,
    recovery: [],
    passkeys: [],
    ...more,
  });
  return [
    person('acc0000000000001', 'alice', 'Alice Moreau', { admin: true }),
    person('acc0000000000002', 'bob', 'Bob Okafor', {
      totp: TOTP_KEY,
      recovery: ['abcd-efgh-jkmn-pqrs'],
    }),
    person('acc0000000000003', 'carol', 'Carol Lindqvist', {}),
  ];
}

export function freshState(options) {
  const now = (options.now ?? Date.now)();
  return {
    accounts: accounts(now),
    sessions: [
      {
        id: 'oldSession000001',
        account: 'acc0000000000001',
        name: 'Safari on iPhone',
        address: '2001:db8::7',
        user_agent: 'Mobile',
        created_at: iso(now - 4 * DAY),
        last_seen_at: iso(now - 3 * 3600000),
        expires_at: iso(now + 26 * DAY),
        methods: ['passkey'],
        proofUntil: 0,
      },
    ],
    attempts: [],
    pendingTotp: new Map(),
    links: [
      { text: LINKS.setUp, kind: 'set-up', expires_at: iso(now + DAY) },
      {
        text: LINKS.invitation,
        kind: 'invitation',
        account: 'acc0000000000003',
        expires_at: iso(now + 7 * DAY),
      },
      {
        text: LINKS.reset,
        kind: 'password-reset',
        account: 'acc0000000000002',
        expires_at: iso(now + 3600000),
      },
    ],
    policy: {
      token_lifetime_min_s: 86400,
      token_lifetime_max_s: 365 * 86400,
      token_lifetime_default_s: 90 * 86400,
      api_tokens: true,
      app_passwords: true,
      second_step_required: false,
      token_apps: [],
    },
    oidc: options.oidc ?? [{ name: 'corp', title: 'Example Corp' }],
    mail: options.mail ?? true,
  };
}
