import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stage, startStage } from './story.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.stop());

const FILES = {
  'V1__tables.sql': `
CREATE TABLE customers (id bigint PRIMARY KEY, name text, changed timestamptz);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, total numeric, changed timestamptz);
CREATE TABLE countries (code text PRIMARY KEY, name text);
CREATE TABLE notes (id int);
CREATE ROLE story_reader;`,
  'V2__more.sql': 'ALTER TABLE orders ADD COLUMN country text REFERENCES countries;',
  'R__1_functions.sql': `
CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed := now(); RETURN NEW; END $$;
DROP FUNCTION IF EXISTS total_of(bigint);
CREATE FUNCTION total_of(customer bigint) RETURNS numeric LANGUAGE sql AS
  'SELECT sum(total) FROM orders WHERE customer_id = customer';`,
  'R__2_triggers.sql': `
DROP TRIGGER IF EXISTS touch_customers ON customers;
CREATE TRIGGER touch_customers BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION touch();
DROP TRIGGER IF EXISTS touch_orders ON orders;
CREATE TRIGGER touch_orders BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
DROP INDEX IF EXISTS notes_id;
CREATE INDEX notes_id ON notes (id);`,
  'R__3_views.sql': `
DROP VIEW IF EXISTS sales;
DROP VIEW IF EXISTS never_made;
CREATE VIEW sales AS SELECT c.name, sum(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY 1;
ALTER TABLE customers ADD COLUMN IF NOT EXISTS spent numeric;`,
  'R__4_data.sql': `
DELETE FROM countries;
INSERT INTO countries VALUES ('de', 'Germany'), ('fr', 'France');`,
  'R__5_rights.sql': `GRANT SELECT ON customers, orders TO story_reader;`,
};

describe('repeatable migrations', () => {
  test('are the last of the history: slices of them are faithful, in whatever order they come', async () => {
    const story = await stage.create(FILES, { format: 'flyway', roles: ['story_reader'] });
    await story.expectFaithful(4);
  });

  test('keep what takes away first what they make, but nothing else that did nothing', async () => {
    const story = await stage.create(FILES, { format: 'flyway', roles: ['story_reader'] });
    expect(story.getSlice('orders', { alone: true, cut: 44 })).toBe(
      [
        'CREATE TABLE customers (id bigint PRIMARY KE…  | orders ← constraint orders_customer_id_fkey ← customers',
        'CREATE TABLE orders (id bigint PRIMARY KEY, …  | orders',
        'CREATE TABLE countries (code text PRIMARY KE…  | orders ← constraint orders_country_fkey ← countries',
        'CREATE ROLE story_reader  | orders ← role story_reader',
        'ALTER TABLE orders ADD COLUMN country text R…  | orders',
        'CREATE OR REPLACE FUNCTION touch() RETURNS t…  | orders ← trigger touch_orders ← function touch()',
        'DROP TRIGGER IF EXISTS touch_customers ON cu…  | orders ← constraint orders_customer_id_fkey ← customers',
        'CREATE TRIGGER touch_customers BEFORE UPDATE…  | orders ← constraint orders_customer_id_fkey ← customers ← trigger touch_customers',
        'DROP TRIGGER IF EXISTS touch_orders ON order…  | orders',
        'CREATE TRIGGER touch_orders BEFORE UPDATE ON…  | orders ← trigger touch_orders',
        'ALTER TABLE customers ADD COLUMN IF NOT EXIS…  | orders ← constraint orders_customer_id_fkey ← customers',
        'DELETE FROM countries  | orders ← constraint orders_country_fkey ← countries',
        "INSERT INTO countries VALUES ('de', 'Germany…  | orders ← constraint orders_country_fkey ← countries",
        'GRANT SELECT ON customers, orders TO story_r…  | orders',
      ].join('\n'),
    );
    expect(story.getKept('notes')).toEqual([
      'CREATE TABLE notes (id int)',
      'DROP INDEX IF EXISTS notes_id',
      'CREATE INDEX notes_id ON notes (id)',
    ]);
    expect(story.sql.filter((sql) => sql.includes('never_made'))).toHaveLength(1);
    const every = new Set(story.observation.tables.flatMap(({ name }) => story.getKept(name)));
    expect([...every].filter((sql) => sql.includes('never_made'))).toEqual([]);
  });
});
