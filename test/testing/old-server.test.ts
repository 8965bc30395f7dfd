import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { withTestDatabase } from '../../src/testing/index.js';
import { DEBIAN_15 } from '../support/server.js';
import { createBench } from './support.js';

describe.skipIf(!existsSync(DEBIAN_15))('on PostgreSQL 15, which writes to its disk', () => {
  test('a test database is copied through the log, and holds the wanted tables', async () => {
    const bench = await createBench({ fsync: 'on', log_statement: 'ddl' }, DEBIAN_15);
    try {
      await withTestDatabase(bench.options, async (db) => {
        expect((await db.query('show server_version_num')).rows[0]!['server_version_num']).toMatch(/^15/);
        expect((await db.query('select count(*)::int as n from orders')).rows).toEqual([{ n: 0 }]);
      });
    } finally {
      await bench.stop();
    }
  });
});
