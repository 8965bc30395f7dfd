/** What to do about a failed statement, by SQLSTATE; null where only its author can tell. */
export function getAdvice(sqlstate: string, kind: string): string | null {
  if (sqlstate === '42704' && kind === 'GrantRoleStmt') return ADVICE_ROLE;
  return ADVICE[sqlstate] ?? null;
}

const ADVICE_ROLE =
  'Create the role first, or choose: --missing-roles create (made without login) or --missing-roles skip.';

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const ADVICE: Readonly<Record<string, string>> = {
  '42501': 'Connect as the owner of these objects, or let the owner grant the right.',
  '42704':
    'A role, type or other object that the statement names is missing: create it first (--prelude FILE for what lies outside of the history).',
  '42P01':
    'A table that the statement names is missing: is it made by a migration that is not in this folder?',
  '3F000':
    'A schema that the statement names is missing: create it first (--prelude FILE for what lies outside of the history).',
  '42883':
    'A function that the statement calls is missing: does it come from an extension that this server lacks?',
  '42P07': 'Something else made it. Use an empty database or schema, or drop it first.',
  '42710': 'Something else made it. Use an empty database or schema, or drop it first.',
  '55P03':
    'Another session holds a lock on the table (pg_blocking_pids() tells which). Try again, or give more time with --timeout.',
  '57014': 'It was cancelled, by a timeout or by an administrator. Give more time with --timeout.',
  '40P01': 'Another session locked the same objects in another order. Try again.',
  '25006':
    'The server takes no writes: has a standby taken its place, or is default_transaction_read_only on? Connect to the primary, then run again.',
  '53200': 'The server is out of memory. Raise max_locks_per_transaction if the hint says so, and try again.',
  '23505': 'Rows that are there already break the rule. Mend the data, then run again.',
  '23502': 'Rows that are there already break the rule. Mend the data, then run again.',
  '23503': 'Rows that are there already break the rule. Mend the data, then run again.',
  '23514': 'Rows that are there already break the rule. Mend the data, then run again.',
  '55P04': 'A new enum value must be committed before it is used: move its use to the next migration.',
};
