/** The role that the shop's grants name; the history does not make it. */
export const SHOP_ROLE = 'shop_reader';

// Tables that are made by rule: name, then the columns beside `id` and `created_at`.
const TABLES = `
countries: code text NOT NULL UNIQUE; name text NOT NULL
customers: email text NOT NULL UNIQUE; full_name text; country bigint REFERENCES countries
addresses: customer_id bigint NOT NULL REFERENCES customers; street text; city text
categories: parent_id bigint REFERENCES categories; title text NOT NULL
goods: category_id bigint REFERENCES categories; title text NOT NULL; price numeric(12, 2)
warehouses: code text NOT NULL; country bigint REFERENCES countries
stock: good_id bigint NOT NULL REFERENCES goods; warehouse_id bigint REFERENCES warehouses; amount int DEFAULT 0
suppliers: name text NOT NULL; rating int
carts: customer_id bigint REFERENCES customers; state cart_state NOT NULL DEFAULT 'open'
cart_items: cart_id bigint NOT NULL REFERENCES carts; good_id bigint REFERENCES goods; amount int
coupons: code text; percent int
settings: name text NOT NULL UNIQUE; value jsonb
messages: customer_id bigint; body text
reviews: good_id bigint REFERENCES goods; customer_id bigint REFERENCES customers; stars smallint
wishes: customer_id bigint REFERENCES customers; good_id bigint REFERENCES goods`;

const FIRST = `== types
CREATE TYPE cart_state AS ENUM ('open', 'closed');
CREATE DOMAIN amount AS numeric(12, 2) CHECK (VALUE >= 0);
{
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;
}`;

const THEN = `== first countries
INSERT INTO countries (code, name) VALUES ('NZ', 'Aotearoa'), ('FR', 'France'), ('CI', 'Côte d’Ivoire');
COMMENT ON TABLE countries IS 'ISO 3166; café';
COMMENT ON COLUMN countries.code IS 'two letters';
== orders
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY,
    placed_on date NOT NULL,
    customer_id bigint REFERENCES customers,
    total amount,
    PRIMARY KEY (id, placed_on)
) PARTITION BY RANGE (placed_on);
CREATE TABLE orders_2024 PARTITION OF orders FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX orders_customer ON orders (customer_id);
== touch customers
ALTER TABLE customers ADD COLUMN updated_at timestamptz;
CREATE TRIGGER customers_touch BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION touch();
== goods become products
ALTER TABLE goods RENAME TO products;
ALTER TABLE products RENAME COLUMN price TO net_price;
ALTER INDEX goods_created RENAME TO products_created;
ALTER TABLE stock RENAME COLUMN good_id TO product_id;
ALTER TABLE reviews RENAME COLUMN good_id TO product_id;
== wishes again
DROP TABLE wishes;
CREATE TABLE wishes (
    customer_id bigint REFERENCES customers ON DELETE CASCADE,
    product_id bigint REFERENCES products,
    PRIMARY KEY (customer_id, product_id)
);
== slugs
ALTER TABLE products ADD COLUMN slug text;
UPDATE products SET slug = lower(replace(title, ' ', '-')) || '-' || id;
ALTER TABLE products ALTER COLUMN slug SET NOT NULL;
ALTER TABLE products ADD CONSTRAINT products_slug UNIQUE (slug);
== tenants
{
DO $$
DECLARE one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['customers', 'carts', 'products', 'settings'] LOOP
        EXECUTE format('ALTER TABLE %I ADD COLUMN tenant int NOT NULL DEFAULT 1', one);
    END LOOP;
END $$;
}
== ! fast search
CREATE INDEX CONCURRENTLY products_title ON products (lower(title));
CREATE INDEX CONCURRENTLY IF NOT EXISTS addresses_city ON addresses (city);
== states
ALTER TYPE cart_state ADD VALUE 'left' AFTER 'open';
ALTER TABLE carts ADD COLUMN note text DEFAULT 'none';
== left carts
UPDATE carts SET state = 'left', note = 'was open' WHERE state = 'open' AND created_at < '2024-01-01';
ALTER TABLE carts ADD CONSTRAINT carts_note CHECK (length(note) < 100);
== coupons become vouchers
ALTER TABLE coupons RENAME TO vouchers;
ALTER TABLE vouchers RENAME COLUMN percent TO share;
INSERT INTO vouchers (code, share) VALUES ('WELCOME', 10), ('SORRY', 20);
ALTER SEQUENCE coupons_id_seq RENAME TO vouchers_id_seq;
== changes
CREATE TABLE changes (
    id bigserial PRIMARY KEY,
    relation text NOT NULL,
    row_id bigint,
    at timestamptz DEFAULT now()
);
{
CREATE FUNCTION keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO changes (relation, row_id) VALUES (TG_TABLE_NAME, NEW.id);
    RETURN NULL;
END $$;
}
{
DO $$
DECLARE one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['customers', 'products', 'vouchers'] LOOP
        EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON %I FOR EACH ROW EXECUTE FUNCTION keep_history()',
            one || '_keep', one);
    END LOOP;
END $$;
}
== billing
CREATE SCHEMA billing;
CREATE TABLE billing.invoices (
    id bigserial PRIMARY KEY,
    customer_id bigint REFERENCES public.customers,
    net amount NOT NULL,
    gross numeric(12, 2) GENERATED ALWAYS AS (net * 1.2) STORED
);
CREATE TABLE billing.payments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    invoice_id bigint REFERENCES billing.invoices
);
CREATE INDEX invoices_customer ON billing.invoices (customer_id);
== more orders
CREATE TABLE orders_2026 PARTITION OF orders FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
ALTER TABLE orders ADD COLUMN channel text;
== countries of customers
UPDATE customers SET country = (SELECT id FROM countries WHERE code = 'NZ') WHERE country IS NULL;
CREATE INDEX customers_country ON customers (country);
== readers
GRANT USAGE ON SCHEMA billing TO shop_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA billing TO shop_reader;
GRANT SELECT ON countries TO shop_reader;
GRANT SELECT ON settings TO shop_reader;
GRANT UPDATE (net) ON billing.invoices TO shop_reader;
== messages of customers
DELETE FROM messages WHERE customer_id IS NULL;
ALTER TABLE messages ALTER COLUMN customer_id SET NOT NULL;
ALTER TABLE messages ADD CONSTRAINT messages_customer FOREIGN KEY (customer_id) REFERENCES customers;
== private settings
ALTER TABLE settings ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON settings USING (tenant = 1);
INSERT INTO settings (name, value) VALUES ('currency', '"EUR"'), ('open', 'true');
== views
CREATE VIEW open_carts AS SELECT id, customer_id FROM carts WHERE state <> 'closed';
CREATE MATERIALIZED VIEW stars AS SELECT product_id, avg(stars) AS stars FROM reviews GROUP BY product_id;
CREATE UNIQUE INDEX stars_product ON stars (product_id);
== priorities
ALTER TABLE suppliers ADD COLUMN priority int;
UPDATE suppliers SET priority = coalesce(rating, 0) * 10;
ALTER TABLE suppliers DROP COLUMN rating;
ALTER TABLE products ADD COLUMN supplier_id bigint REFERENCES suppliers;
== touch products
ALTER TABLE products ADD COLUMN updated_at timestamptz;
CREATE TRIGGER products_touch BEFORE UPDATE ON products FOR EACH ROW EXECUTE FUNCTION touch();
CREATE FUNCTION product_count() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM products';
== amounts
ALTER TABLE stock ALTER COLUMN amount SET NOT NULL;
ALTER TABLE stock ADD CONSTRAINT stock_amount CHECK (amount >= 0);
CREATE UNIQUE INDEX stock_once ON stock (product_id, warehouse_id);
ALTER TABLE cart_items ALTER COLUMN amount TYPE bigint;
== warehouses become depots
ALTER TABLE warehouses RENAME TO depots;
ALTER TABLE depots ADD COLUMN opened date;
COMMENT ON TABLE depots IS 'were warehouses';
== no address twice
DELETE FROM addresses a USING addresses b
    WHERE a.id > b.id AND a.customer_id = b.customer_id AND a.street = b.street;
CREATE UNIQUE INDEX addresses_once ON addresses (customer_id, street);
ALTER TABLE addresses ADD COLUMN is_main boolean NOT NULL DEFAULT false;
UPDATE addresses SET is_main = true WHERE id IN (SELECT min(id) FROM addresses GROUP BY customer_id);`;

/** The shop's migrations by the names of their files, as goose has them; the same at every call. */
export function createShopFiles(): Readonly<Record<string, string>> {
  const tables = TABLES.trim().split('\n').map(renderTable);
  const parts = `${FIRST}\n${tables.join('\n')}\n${THEN}`.split(/^== /m).slice(1);
  return Object.fromEntries(
    parts.map((part, index) => {
      const [title = '', ...lines] = part.trimEnd().split('\n');
      const number = String(index + 1).padStart(5, '0');
      const body = lines
        .map((line) =>
          line.replace(/^\{$/, '-- +goose StatementBegin').replace(/^\}$/, '-- +goose StatementEnd'),
        )
        .join('\n');
      const mode = title.startsWith('!') ? '-- +goose NO TRANSACTION\n' : '';
      const name = `${number}_${title.replace('! ', '').replaceAll(' ', '_')}.sql`;
      return [name, `${mode}-- +goose Up\n${body}\n\n-- +goose Down\nSELECT 'never';\n`];
    }),
  );
}

function renderTable(line: string): string {
  const [name, columns = ''] = line.split(': ');
  const all = [
    'id bigserial PRIMARY KEY',
    ...columns.split('; '),
    'created_at timestamptz NOT NULL DEFAULT now()',
  ];
  return `== ${name}
CREATE TABLE ${name} (\n    ${all.join(',\n    ')}\n);
CREATE INDEX ${name}_created ON ${name} (created_at DESC);
COMMENT ON TABLE ${name} IS 'the ${name} of the shop';`;
}
