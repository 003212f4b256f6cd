/** What the benches compute with must be right before their figures mean anything: the middle is the middle. */
import { describe, expect, test } from '@jest/globals';
import { interleave, median, percentile, table } from '../../bench/figure.ts';

describe('figures', () => {
  test('median and percentile', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([1, 2, 3, 10])).toBe(2.5);
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile([7], 0.99)).toBe(7);
  });

  test('rounds alternate', async () => {
    const order: string[] = [];
    const run = (name: string) => async () => order.push(name);
    await interleave(3, run('A'), run('B'));
    expect(order.join('')).toBe('ABABAB');
  });

  test('a table has one line per figure', () => {
    const figure = {
      bench: 'b',
      figure: 'f',
      value: 1234.5,
      unit: 's',
      ratio: 2,
      against: 'other: 2469 s',
      load: '0.1-1.0',
    };
    expect(table([figure, { ...figure, ratio: null, against: null }]).split('\n')).toHaveLength(3);
  });
});
