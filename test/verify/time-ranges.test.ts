import { expect, test } from 'vitest';
import { getTablesWithoutNow } from '../../src/verify/time-ranges.js';

const isMissing = (now: string, ...bounds: string[]): boolean =>
  getTablesWithoutNow([{ table: 'public.t', now, bounds }]).length > 0;

test.each([
  ['2030-05-17', "FOR VALUES FROM ('2030-05-01') TO ('2030-06-01')"],
  ['2030-05-01', "FOR VALUES FROM ('2030-05-01') TO ('2030-06-01')"],
  ['2030-05-17 10:00:00.123', "FOR VALUES FROM ('2030-05-17 00:00:00') TO ('2030-05-18 00:00:00')"],
  ['2030-05-17 23:30:00+00', "FOR VALUES FROM ('2030-05-18 00:00:00+01') TO ('2030-05-19 00:00:00+01')"],
  ['2030-05-17 23:30:00+00', "FOR VALUES FROM ('2030-05-18 05:00:00+05:30') TO (MAXVALUE)"],
  ['2030-05-17', "FOR VALUES FROM (MINVALUE) TO ('2030-06-01')"],
  ['2030-05-17', "FOR VALUES FROM ('-infinity') TO ('infinity')"],
  ['2030-05-17', "FOR VALUES FROM ('0044-03-15 BC') TO ('10000-01-01')"],
  ['2030-05-17', "FOR VALUES FROM ('2030-05-01', 'a, b') TO ('2030-06-01', 'z')"],
  ['2030-06-01', "FOR VALUES FROM ('2030-05-01', 1) TO ('2030-06-01', 9)"],
  ['2030-05-17', 'DEFAULT'],
])('%s is in %s', (now, bounds) => {
  expect(isMissing(now, "FOR VALUES FROM ('2020-01-01') TO ('2020-02-01')", bounds)).toBe(false);
});

test.each([
  ['2030-06-01', "FOR VALUES FROM ('2030-05-01') TO ('2030-06-01')"],
  ['2030-04-30', "FOR VALUES FROM ('2030-05-01') TO ('2030-06-01')"],
  ['2030-05-17 22:30:00+00', "FOR VALUES FROM ('2030-05-18 00:00:00+01') TO ('2030-05-19 00:00:00+01')"],
  ['2030-05-17', 'FOR VALUES IN (1)'],
])('%s is not in %s', (now, bounds) => {
  expect(isMissing(now, bounds)).toBe(true);
});

test('a table without partitions takes no row', () => {
  expect(isMissing('2030-05-17')).toBe(true);
});
