// One's own account: name, password, second steps.

import { randomBytes } from 'node:crypto';
import { iso, newId } from '../state.mjs';
import { isTotp } from '../totp.mjs';
import { sessionAnswer } from './session.mjs';

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const draw = (alphabet, size) =>
  Array.from(randomBytes(size), (byte) => alphabet[byte % 32]).join('');

const newCodes = () =>
  Array.from({ length: 10 }, () => draw(LETTERS, 16).replace(/(.{4})(?=.)/g, '$1-'));

/** Looks like a QR code and is none: the server draws the real one. */
function pretendQr() {
  const size = 33;
  const bits = randomBytes(size * size);
  const finder = (x, y) => {
    for (const [cx, cy] of [
      [0, 0],
      [size - 7, 0],
      [0, size - 7],
    ]) {
      const [dx, dy] = [x - cx, y - cy];
      if (dx >= -1 && dx <= 7 && dy >= -1 && dy <= 7) {
        const ring = Math.max(Math.abs(dx - 3), Math.abs(dy - 3));
        return ring === 3 || ring <= 1;
      }
    }
    return undefined;
  };
  let path = '';
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      if (finder(x, y) ?? bits[y * size + x] < 120) path += `M${x + 4} ${y + 4}h1v1h-1z`;
  const box = size + 8;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${box} ${box}" shape-rendering="crispEdges">` +
    `<rect width="${box}" height="${box}" fill="#fff"/><path d="${path}"/></svg>`
  );
}

export default function routes(add, { MockProblem }) {
  const codesIfNone = (account) => {
    if (account.recovery.length) return {};
    account.recovery = newCodes();
    return { recovery_codes: account.recovery };
  };

  add('PATCH', '/api/v1/me', (context) => {
    const account = context.needSession();
    account.display_name = context.body.display_name;
    return { json: sessionAnswer(context).account };
  });

  add('PUT', '/api/v1/me/password', (context) => {
    const account = context.needProof();
    const { current_password, password } = context.body;
    if (current_password !== account.password)
      throw new MockProblem(
        401,
        'sign-in-failed',
        'The current password is not right.',
        {},
        { member: 'current_password' },
      );
    if (password === 'passwordpassword')
      throw new MockProblem(
        422,
        'weak-password',
        'This password is in lists of stolen passwords. Choose another one.',
        {},
        { member: 'password' },
      );
    account.password = password;
    for (const session of context.state.sessions)
      if (session.account === account.id && session !== context.session) session.ended = true;
  });

  add('POST', '/api/v1/me/totp', (context) => {
    const account = context.needProof();
    const secret = draw(BASE32, 32);
    context.state.pendingTotp.set(account.id, secret);
    const uri = `otpauth://totp/Latchkey:${encodeURIComponent(account.email)}?secret=${secret}&issuer=Latchkey`;
    return { json: { uri, secret, qr: pretendQr() } };
  });

  add('POST', '/api/v1/me/totp/confirm', (context) => {
    const account = context.needProof();
    const secret = context.state.pendingTotp.get(account.id);
    if (!secret || !isTotp(secret, context.body.code, context.now()))
      throw new MockProblem(
        401,
        'second-step-failed',
        'This code does not fit. Check the clock of your phone, and use the newest code.',
      );
    account.totp = secret;
    context.state.pendingTotp.delete(account.id);
    return { json: codesIfNone(account) };
  });

  add('DELETE', '/api/v1/me/totp', (context) => {
    context.needProof().totp = null;
  });

  add('POST', '/api/v1/me/recovery-codes', (context) => {
    const account = context.needProof();
    account.recovery = newCodes();
    return { json: { recovery_codes: account.recovery } };
  });

  add('GET', '/api/v1/me/passkeys', (context) => ({
    json: { values: context.needSession().passkeys },
  }));

  add('POST', '/api/v1/me/passkeys/options', (context) => {
    const account = context.needProof();
    const bytes = (text) => Buffer.from(text).toString('base64url');
    return {
      json: {
        publicKey: {
          challenge: bytes(newId(22)),
          rp: { id: 'localhost', name: 'Latchkey' },
          user: { id: bytes(account.id), name: account.email, displayName: account.display_name },
          pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
          timeout: 60000,
          authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
          excludeCredentials: account.passkeys.map((key) => ({ type: 'public-key', id: key.id })),
          attestation: 'none',
        },
      },
    };
  });

  add('POST', '/api/v1/me/passkeys', (context) => {
    const account = context.needProof();
    const { name, credential } = context.body;
    const passkey = {
      id: credential.id,
      name,
      added_at: iso(context.now()),
      last_used_at: null,
      backup_eligible: true,
    };
    account.passkeys.push(passkey);
    return { status: 201, json: { ...passkey, ...codesIfNone(account) } };
  });

  const one = (context, account) => {
    const passkey = account.passkeys.find((entry) => entry.id === context.params.id);
    if (!passkey) throw new MockProblem(404, 'not-found', 'There is no such passkey.');
    return passkey;
  };
  add('PATCH', '/api/v1/me/passkeys/{id}', (context) => {
    const passkey = one(context, context.needSession());
    passkey.name = context.body.name;
    return { json: passkey };
  });
  add('DELETE', '/api/v1/me/passkeys/{id}', (context) => {
    const account = context.needProof();
    one(context, account);
    account.passkeys = account.passkeys.filter((entry) => entry.id !== context.params.id);
  });
}
