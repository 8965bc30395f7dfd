import { expect, test } from 'vitest';
import { GROUPS } from './scenarios/groups.js';

const scenarios = GROUPS.flatMap((group) => group.scenarios);

test('no two scenarios have the same name', () => {
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
});

test.each(scenarios.map((one) => [one.name, one] as const))(
  '%s: what the docs show of it is what the tests accept',
  (_, one) => {
    const args = one.args as unknown as Readonly<Record<string, unknown>>;
    for (const [key, pattern] of Object.entries((one.loose ?? {}) as Readonly<Record<string, RegExp>>)) {
      expect(typeof args[key] === 'string' ? args[key] : JSON.stringify(args[key])).toMatch(pattern);
    }
    if (one.evidenceLike !== undefined) expect(one.evidence?.join('\n')).toMatch(one.evidenceLike);
  },
);
