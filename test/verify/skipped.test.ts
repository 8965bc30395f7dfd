import { expect, test } from 'vitest';
import type { Difference } from '../../src/model/fact.js';
import { isSkipped } from '../../src/verify/skipped.js';

const GRANT = { kind: 'GrantStmt', roles: ['clerk'], objects: new Set(['table public.t']) };
const DEFAULTS = { kind: 'AlterDefaultPrivilegesStmt', roles: ['clerk'], objects: new Set<string>() };

const create = (kind: Difference['kind'], name: string, object = 'table public.t'): Difference => ({
  object,
  kind,
  name,
  expected: kind === 'owner' ? 'clerk' : 'SELECT',
  found: null,
});

test('rights of the role that was missing, on what the statement would have written', () => {
  expect(isSkipped(create('grant', 'clerk'), [GRANT])).toBe(true);
  expect(isSkipped(create('grant', 'clerk on column id'), [GRANT])).toBe(true);
  expect(isSkipped(create('owner', ''), [GRANT])).toBe(true);
});

test('and on whatever was made after its default privileges', () => {
  expect(isSkipped(create('grant', 'clerk', 'table public.u'), [DEFAULTS])).toBe(true);
});

test('but no rights of another role, on another object, and nothing else', () => {
  expect(isSkipped(create('grant', 'visitor'), [GRANT, DEFAULTS])).toBe(false);
  expect(isSkipped(create('grant', 'clerk', 'table public.u'), [GRANT])).toBe(false);
  expect(isSkipped(create('index', 'clerk'), [GRANT, DEFAULTS])).toBe(false);
  expect(isSkipped(create('grant', 'clerk'), [])).toBe(false);
});
