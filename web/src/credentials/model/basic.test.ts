import { describe, expect, it } from 'vitest';
import { basicCredential, toBase64 } from './basic';

describe('basicCredential', () => {
  it('encodes the example of an app password', () => {
    expect(basicCredential('MFahad1667', 'BNBBrNcYNWXAVxgLD3rD9LjcHcZVD5D5D4C4')).toBe(
      'TUZhaGFkMTY2NzpCTkJCck5jWU5XWEFWeGdMRDNyRDlMamNIY1pWRDVENUQ0QzQ=',
    );
  });

  it('stays on one line however long it is', () => {
    const encoded = basicCredential('someone@example.com', 'a'.repeat(192));
    expect(encoded.length).toBeGreaterThan(200);
    expect(encoded).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
  });

  it('keeps the bytes of UTF-8', () => {
    expect(toBase64('é:ü😀')).toBe('w6k6w7zwn5iA');
  });

  it.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foobar', 'Zm9vYmFy'],
  ])('encodes %j as RFC 4648 section 10 does', (text, encoded) => {
    expect(toBase64(text)).toBe(encoded);
  });
});
