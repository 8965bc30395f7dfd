/** What is tested: it takes a pool or client of pg. */
export async function placeOrder(client, name) {
  const { rows } = await client.query(
    `with customer as (
       insert into customers (name) values ($1) on conflict (name) do update set name = excluded.name returning id)
     insert into orders (customer_id) select id from customer returning id, state`,
    [name],
  );
  return rows[0];
}
