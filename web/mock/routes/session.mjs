// Signing in, sessions, links.

import { iso, newId } from '../state.mjs';
import { isTotp } from '../totp.mjs';

const PROOF_MS = 15 * 60000;

export function sessionAnswer(context) {
  const { state, session, account } = context;
  if (!session)
    return {
      signed_in: false,
      sign_in: { password: true, passkey: true, oidc: state.oidc, mail: state.mail },
    };
  const { account: _account, proofUntil, ended: _ended, ...entry } = session;
  const { id, email, username, display_name, kind, admin } = account;
  return {
    signed_in: true,
    session: { ...entry, current: true },
    account: { id, email, username, display_name, kind, admin },
    methods: [
      ...(account.password ? ['password'] : []),
      ...(account.totp ? ['totp'] : []),
      ...(account.passkeys.length ? ['passkey'] : []),
      ...(account.password ? [] : ['oidc']),
    ],
    password: Boolean(account.password),
    reauthenticate_after: iso(proofUntil),
    policy: state.policy,
    second_step: {
      totp: account.totp !== null,
      passkeys: account.passkeys.length,
      recovery_codes_left: account.recovery.length,
    },
    public_url: 'https://tokens.example.com',
    git_url: 'https://tokens.example.com',
    version: '0.4.0',
  };
}

export function signIn(context, account, methods, stay) {
  const { state } = context;
  const now = context.now();
  const session = {
    id: newId(),
    account: account.id,
    name: 'Chromium on Linux',
    address: '192.0.2.14',
    user_agent: context.request.headers['user-agent'] ?? '',
    created_at: iso(now),
    last_seen_at: iso(now),
    expires_at: iso(now + (stay ? 30 : 0.5) * 86400000),
    methods,
    proofUntil: now + PROOF_MS,
  };
  state.sessions.push(session);
  context.session = session;
  context.account = account;
  context.setCookie('__Host-latchkey-session', session.id);
  return { json: sessionAnswer(context) };
}

const secondSteps = (account) => [
  ...(account.totp ? ['totp'] : []),
  ...(account.passkeys.length ? ['passkey'] : []),
  ...(account.recovery.length ? ['recovery-code'] : []),
];

const plain = (code) => code.toLowerCase().replace(/[^0-9a-z]/g, '');

function proves(context, account, body) {
  if (body.totp)
    return account.totp && isTotp(account.totp, body.totp, context.now()) ? 'totp' : null;
  if (body.passkey)
    return account.passkeys.some((key) => key.id === body.passkey.id) ? 'passkey' : null;
  const index = account.recovery.findIndex(
    (code) => plain(code) === plain(body.recovery_code ?? ''),
  );
  if (index < 0) return null;
  account.recovery.splice(index, 1);
  return 'recovery-code';
}

export default function routes(add, { MockProblem }) {
  const find = (state, user) =>
    state.accounts.find((entry) => entry.email === user?.toLowerCase() || entry.username === user);

  add('GET', '/api/v1/session', (context) => ({ json: sessionAnswer(context) }));

  add('POST', '/api/v1/session', (context) => {
    const { user, password, stay } = context.body;
    const account = find(context.state, user);
    if (user === 'throttled')
      throw new MockProblem(429, 'throttled', 'Too many failed attempts.', { 'Retry-After': '8' });
    if (!account || account.password !== password)
      throw new MockProblem(401, 'sign-in-failed', 'The user or the password is wrong.');
    const methods = secondSteps(account);
    if (!methods.length) return signIn(context, account, ['password'], stay);
    const attempt = { id: newId(), account: account.id, left: 5, stay };
    context.state.attempts.push(attempt);
    context.setCookie('__Host-latchkey-attempt', attempt.id);
    return { json: { next: 'second-step', methods } };
  });

  add('POST', '/api/v1/session/second-step', (context) => {
    const attempt = context.state.attempts.find(
      (entry) => entry.id === context.cookies['__Host-latchkey-attempt'] && entry.left > 0,
    );
    if (!attempt)
      throw new MockProblem(
        401,
        'attempt-over',
        'This attempt is over. Start again with your password.',
      );
    const account = context.state.accounts.find((entry) => entry.id === attempt.account);
    const method = proves(context, account, context.body);
    if (!method) {
      attempt.left -= 1;
      throw new MockProblem(
        401,
        'second-step-failed',
        'This code is wrong, too old, or was used before.',
      );
    }
    attempt.left = 0;
    return signIn(context, account, ['password', method], attempt.stay);
  });

  add('POST', '/api/v1/session/passkey-options', (context) => ({
    json: {
      publicKey: {
        challenge: Buffer.from(newId(22)).toString('base64url'),
        rpId: 'localhost',
        timeout: 60000,
        userVerification: 'required',
        allowCredentials: (context.account?.passkeys ?? []).map((key) => ({
          type: 'public-key',
          id: key.id,
        })),
      },
    },
  }));

  add('POST', '/api/v1/session/passkey', (context) => {
    const id = context.body.credential?.id;
    const account = context.state.accounts.find((entry) =>
      entry.passkeys.some((key) => key.id === id),
    );
    if (!account)
      throw new MockProblem(
        401,
        'sign-in-failed',
        'This passkey is not known here. Use your password.',
      );
    return signIn(context, account, ['passkey'], context.body.stay);
  });

  add('POST', '/api/v1/session/reauthenticate', (context) => {
    const account = context.needSession();
    const { password } = context.body;
    if (
      password !== undefined
        ? password !== account.password
        : !proves(context, account, context.body)
    )
      throw new MockProblem(401, 'sign-in-failed', 'That is not right. Try again.');
    context.session.proofUntil = context.now() + PROOF_MS;
    return { json: sessionAnswer(context) };
  });

  add('DELETE', '/api/v1/session', (context) => {
    if (context.session) context.session.ended = true;
    context.setCookie('__Host-latchkey-session', '', 0);
  });

  const own = (context) => {
    const account = context.needSession();
    return context.state.sessions.filter((entry) => entry.account === account.id && !entry.ended);
  };
  const one = (context) => {
    const session = own(context).find((entry) => entry.id === context.params.id);
    if (!session) throw new MockProblem(404, 'not-found', 'This session has ended already.');
    return session;
  };
  const listed = (context, { account: _account, proofUntil: _proof, ended: _ended, ...entry }) => ({
    ...entry,
    current: entry.id === context.session.id,
  });

  add('GET', '/api/v1/sessions', (context) => ({
    json: { values: own(context).map((entry) => listed(context, entry)) },
  }));
  add('PATCH', '/api/v1/sessions/{id}', (context) => {
    const session = one(context);
    session.name = context.body.name;
    return { json: listed(context, session) };
  });
  add('DELETE', '/api/v1/sessions/{id}', (context) => {
    one(context).ended = true;
  });
  add('DELETE', '/api/v1/sessions', (context) => {
    const others = context.query.get('others') === 'true';
    for (const session of own(context))
      if (!others || session !== context.session) session.ended = true;
  });

  const link = (context) => {
    const found = context.state.links.find(
      (entry) => entry.text === context.body.link && !entry.used,
    );
    if (!found)
      throw new MockProblem(
        404,
        'link-over',
        'This link was used or has expired. Ask for a new one.',
      );
    return found;
  };
  add('POST', '/api/v1/links/inspect', (context) => {
    const { kind, account: id, expires_at } = link(context);
    const account = context.state.accounts.find((entry) => entry.id === id);
    return { json: { kind, expires_at, email: account?.email, username: account?.username } };
  });
  add('POST', '/api/v1/links/accept', (context) => {
    const found = link(context);
    const { password, username, email, display_name } = context.body;
    if (password.length < 15)
      throw new MockProblem(
        422,
        'weak-password',
        'The password is too short: use 15 characters or more.',
      );
    let account = context.state.accounts.find((entry) => entry.id === found.account);
    if (!account) {
      account = {
        ...context.state.accounts[0],
        id: newId(),
        username,
        email,
        display_name: display_name || username,
        admin: true,
        passkeys: [],
      };
      context.state.accounts.push(account);
    }
    account.password = password;
    found.used = true;
    return signIn(context, account, ['link'], false);
  });
  add('POST', '/api/v1/password-reset', () => ({ status: 202, json: {} }));
}
