import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { createDatabaseFor } from 'plinth/testing';
import { options } from './options.js';
import { placeOrder } from './orders.js';

for (const name of ['Ada', 'Grace']) {
  test(`${name}'s order is the first one`, async (t) => {
    const db = await createDatabaseFor(t, options);
    const pool = new pg.Pool(db.connection);
    assert.deepEqual(await placeOrder(pool, name), { id: '1', state: 'open' });
    await pool.end();
    assert.deepEqual((await db.query('select name from customers')).rows, [{ name }]);
  });
}
