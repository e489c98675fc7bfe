// The text of a credential, as docs/credential-format.md describes it.

import { randomBytes } from 'node:crypto';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function base62(value, width) {
  let digits = '';
  let rest = BigInt(value);
  for (let place = 0; place < width; place++) {
    digits = DIGITS[Number(rest % 62n)] + digits;
    rest /= 62n;
  }
  return digits;
}

function crc32(text) {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

export const mintId = (bytes = randomBytes(8)) => base62(`0x${bytes.toString('hex')}`, 11);

export function mint(kind, id) {
  const secret = base62(`0x${randomBytes(16).toString('hex')}`, 22);
  const text = `lk${kind === 'api-token' ? 'at' : 'ap'}_${id}${secret}`;
  return text + base62(crc32(text), 6);
}
