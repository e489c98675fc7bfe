/** Base64 (RFC 4648 section 4) of the text's UTF-8, on one line however long it is. */
export function toBase64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** What stands behind `Authorization: Basic ` (RFC 7617). A user part cannot hold a colon. */
export function basicCredential(user: string, secret: string): string {
  return toBase64(`${user}:${secret}`);
}
