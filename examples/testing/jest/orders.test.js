import pg from 'pg';
import { createTestDatabase } from 'plinth/testing';
import { options } from './options.js';
import { placeOrder } from './orders.js';

let db;
beforeEach(async () => {
  db = await createTestDatabase(options);
});
afterEach(() => db.dispose());

for (const name of ['Ada', 'Grace']) {
  test(`${name}'s order is the first one`, async () => {
    const pool = new pg.Pool(db.connection);
    expect(await placeOrder(pool, name)).toEqual({ id: '1', state: 'open' });
    await pool.end();
    expect((await db.query('select name from customers')).rows).toEqual([{ name }]);
  });
}
