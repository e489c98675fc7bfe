import { describe, expect, it } from 'vitest';
import { catalogue } from './fixture';
import { isPreset, presetsFor } from './presets';

describe('presetsFor', () => {
  it('offers only what the catalogue has whole', () => {
    expect(presetsFor(catalogue).map((preset) => preset.id)).toEqual([
      'git-read',
      'git-push',
      'manage-credentials',
    ]);
    expect(presetsFor({ ...catalogue, scopes: [] })).toEqual([]);
  });
});

describe('isPreset', () => {
  it('compares whole sets', () => {
    const preset = { id: 'x', title: '', description: '', scopes: ['a', 'b'] };
    expect(isPreset(preset, new Set(['b', 'a']))).toBe(true);
    expect(isPreset(preset, new Set(['a']))).toBe(false);
    expect(isPreset(preset, new Set(['a', 'b', 'c']))).toBe(false);
  });
});
