import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { keptByShare, thresholdOf } from './share.ts';

const traceId = fc.stringMatching(/^[0-9a-f]{32}$/);
const percent = fc.nat({ max: 1_000_000 }).map((parts) => parts / 10_000);

describe('the threshold of a percentage', () => {
  test.each([
    [0, 'none'],
    [0.0001, 'ffffef39085f4a'],
    [1, 'fd70a3d70a3d71'],
    [10, 'e6666666666666'],
    [25, 'c0000000000000'],
    [33.3333, 'aaaab042528ae7'],
    [50, '80000000000000'],
    [100, '00000000000000'],
  ])('%d %% is %s', (share, threshold) => {
    expect(thresholdOf(share)).toBe(threshold);
  });

  test('is exact to one trace of 2^56 for every percentage with four decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (parts) => {
        const kept = 2n ** 56n - BigInt(`0x${thresholdOf(parts / 10_000)}`);
        const error = kept * 1_000_000n - BigInt(parts) * 2n ** 56n;
        expect(error >= -500_000n && error <= 500_000n).toBe(true);
      }),
    );
  });

  test.each([-0.1, 100.1, Number.NaN, Number.POSITIVE_INFINITY])('%d is refused', (share) => {
    expect(() => thresholdOf(share)).toThrow(RangeError);
  });
});

describe('the share', () => {
  test('is the number R = last 56 bits compared with T, for every id and percentage', () => {
    fc.assert(
      fc.property(traceId, percent, (id, share) => {
        const random = BigInt(`0x${id.slice(18)}`);
        const text = thresholdOf(share);
        expect(keptByShare(id, share)).toBe(text !== 'none' && random >= BigInt(`0x${text}`));
      }),
    );
  });

  test('keeps nothing at 0, everything at 100, and what it keeps it keeps at every higher percentage', () => {
    fc.assert(
      fc.property(traceId, percent, percent, (id, a, b) => {
        expect(keptByShare(id, 0)).toBe(false);
        expect(keptByShare(id, 100)).toBe(true);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(!keptByShare(id, low) || keptByShare(id, high)).toBe(true);
      }),
    );
    expect(keptByShare('f'.repeat(32), 0)).toBe(false);
    expect(keptByShare('0'.repeat(32), 100)).toBe(true);
  });

  test('keeps about as many as it says', () => {
    const ids = Array.from({ length: 20_000 }, (_, at) => createHash('md5').update(String(at)).digest('hex'));
    for (const share of [1, 10, 50]) {
      const kept = ids.filter((id) => keptByShare(id, share)).length;
      expect(Math.abs(kept - ids.length * (share / 100))).toBeLessThan(4 * Math.sqrt(ids.length * (share / 100)));
    }
  });

  test.each(['', 'abc', 'g'.repeat(32), 'a'.repeat(33)])('%j is no trace id', (id) => {
    expect(() => keptByShare(id, 10)).toThrow(TypeError);
  });

  test('does not care about the case of the digits', () => {
    expect(keptByShare(`${'0'.repeat(18)}F0000000000000`, 10)).toBe(true);
  });
});
