import { describe, expect, it } from 'vitest';
import { isAcceptable, passwordRules } from './passwordRules';

const alone = { hasSecondStep: false, names: ['maria', 'maria.long.name@example.com', ''] };

describe('the rules of a new password', () => {
  it('wants 15 characters, and 8 where there is a second step', () => {
    expect(isAcceptable('x'.repeat(14), alone)).toBe(false);
    expect(isAcceptable('x'.repeat(15), alone)).toBe(true);
    expect(isAcceptable('x'.repeat(7), { ...alone, hasSecondStep: true })).toBe(false);
    expect(isAcceptable('x'.repeat(8), { ...alone, hasSecondStep: true })).toBe(true);
  });

  it('counts characters, not bytes or halves of them', () => {
    expect(isAcceptable('🔑'.repeat(14), alone)).toBe(false);
    expect(isAcceptable('🔑'.repeat(15), alone)).toBe(true);
    // An e with a combining accent is one character.
    expect(isAcceptable('e\u0301'.repeat(14), alone)).toBe(false);
  });

  it('refuses the own e-mail in any letter case', () => {
    expect(isAcceptable('Maria.Long.Name@example.com', alone)).toBe(false);
  });

  it('mentions the upper limit only to whoever passes it', () => {
    expect(passwordRules('x'.repeat(1024), alone).map((rule) => rule.id)).toEqual([
      'length',
      'own',
    ]);
    expect(isAcceptable('x'.repeat(1024), alone)).toBe(true);
    expect(isAcceptable('x'.repeat(1025), alone)).toBe(false);
  });
});
