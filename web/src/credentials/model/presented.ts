// A secret that somebody pasted to find its row. Only its public id is ever looked for: the text
// itself is neither sent nor kept. docs/credential-format.md describes the parts.

export type CredentialKind = 'api-token' | 'app-password';

export interface Presented {
  id: string;
  kind: CredentialKind;
  /** False: a character was lost or changed on the way, so that it would not be accepted. */
  whole: boolean;
}

const CREDENTIAL = /(?:^|[^0-9A-Za-z_])([a-z]{2,8})(at|ap)_([0-9A-Za-z]{11})([0-9A-Za-z]*)/;
const WHOLE_TAIL = 28;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function checksum(text: string): string {
  let value = crc32(text);
  let digits = '';
  for (let place = 0; place < 6; place++) {
    digits = DIGITS.charAt(value % 62) + digits;
    value = Math.floor(value / 62);
  }
  return digits;
}

/** The credential that `text` holds, alone or within a URL or a line of a file. */
export function findPresented(text: string): Presented | undefined {
  const match = CREDENTIAL.exec(text);
  if (!match) return undefined;
  const [, prefix = '', kind = '', id = '', tail = ''] = match;
  const covered = `${prefix}${kind}_${id}${tail.slice(0, -6)}`;
  return {
    id,
    kind: kind === 'at' ? 'api-token' : 'app-password',
    whole: tail.length === WHOLE_TAIL && checksum(covered) === tail.slice(-6),
  };
}
