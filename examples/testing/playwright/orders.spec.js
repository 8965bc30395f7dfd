import { test as base, expect } from '@playwright/test';
import pg from 'pg';
import { createPlaywrightFixture } from 'plinth/testing';
import { options } from './options.js';
import { placeOrder } from './orders.js';

const test = base.extend({ db: createPlaywrightFixture(options) });

for (const name of ['Ada', 'Grace']) {
  test(`${name}'s order is the first one`, async ({ db }) => {
    const pool = new pg.Pool(db.connection);
    expect(await placeOrder(pool, name)).toEqual({ id: '1', state: 'open' });
    await pool.end();
    expect((await db.query('select name from customers')).rows).toEqual([{ name }]);
  });
}
