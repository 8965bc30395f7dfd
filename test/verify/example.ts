/** A schema with something of every kind that is compared; runs on PostgreSQL 14 and newer. */
export const EXAMPLE = `
create schema shop;
create schema stock;
grant usage on schema shop to clerk;
comment on schema shop is 'What is sold';
create extension pgcrypto;
create type shop.state as enum ('open', 'paid', 'sent');
comment on type shop.state is 'How far an order is';
create domain shop.amount as numeric(10, 2) default 0 constraint amount_positive check (value >= 0);
create type shop.address as (street text, city text);
create collation shop.plain (provider = libc, locale = 'C');
create function shop.touch() returns trigger language plpgsql as $$ begin new.changed_at := now(); return new; end $$;
create function shop.total(a int, b int default 1) returns int language sql stable set search_path = shop as 'select a * b';
comment on function shop.total(int, int) is 'Both together';
create function shop.secret() returns int language sql security definer as 'select 1';
revoke all on function shop.secret() from public;
grant execute on function shop.secret() to clerk;
create function shop.parsed(a int) returns int language sql immutable return a + 1;
create aggregate shop.product(int) (sfunc = int4mul, stype = int, initcond = '1');
create table shop.customers (
  id bigserial primary key,
  name text collate "C" not null,
  email text not null unique,
  home shop.address,
  town text collate "C",
  note text);
alter table shop.customers alter note set storage external;
create table shop.orders (
  id bigint generated always as identity primary key,
  customer bigint not null references shop.customers on delete cascade,
  state shop.state not null default 'open',
  total shop.amount not null,
  gross numeric generated always as (total * 1.19) stored,
  label text default 'order ' || current_date::text,
  code varchar(20) check (code in ('a', 'b', 'c')),
  changed_at timestamptz not null default now(),
  during tstzrange,
  constraint orders_range check (not isempty(during)),
  constraint orders_no_overlap exclude using gist (during with &&));
alter table shop.orders add constraint orders_label check (length(label) < 100) not valid;
create index orders_by_state on shop.orders (state, changed_at desc) where state <> 'sent';
create unique index orders_by_label on shop.orders (lower(label)) include (total);
create trigger orders_touch before update on shop.orders for each row when (old.label is distinct from new.label) execute function shop.touch();
create rule orders_stay as on delete to shop.orders do instead nothing;
create statistics shop.orders_state (dependencies) on customer, state from shop.orders;
alter table shop.orders enable row level security;
create policy orders_own on shop.orders for select to clerk using (exists (select 1 from shop.customers c where c.id = customer and c.name = current_user));
grant select, insert on shop.orders to clerk;
grant update (label) on shop.orders to clerk;
grant usage on sequence shop.customers_id_seq to clerk;
comment on table shop.orders is 'Who bought what';
comment on column shop.orders.total is 'In euros';
comment on index shop.orders_by_state is 'For the list';
alter table shop.customers replica identity full;
alter table shop.customers set (fillfactor = 80);
create unlogged table shop.carts (id int primary key);
create procedure shop.tidy() language sql as 'delete from shop.customers
where false';
create sequence shop.numbers increment 5 start 100;
create view shop.open_orders with (security_barrier) as select id, total from shop.orders where state = 'open';
create view shop.names as select o.id, c.name from shop.orders o join shop.customers c on c.id = o.customer;
create materialized view shop.totals as select customer, sum(total) as total from shop.orders group by customer;
create index totals_by_customer on shop.totals (customer);
create table shop.parents (id int);
create table shop.children (extra int) inherits (shop.parents);
alter table shop.parents owner to clerk;
create table shop.events (id bigint not null, at timestamptz not null, kind text default 'x', primary key (id, at)) partition by range (at);
create table shop.events_2030 partition of shop.events for values from ('2030-01-01 00:00:00+00') to ('2031-01-01 00:00:00+00');
create table shop.events_2031 partition of shop.events for values from ('2031-01-01 00:00:00+00') to ('2032-01-01 00:00:00+00');
create index events_by_kind on shop.events (kind);
create trigger events_touch before insert on shop.events for each row execute function shop.touch();
`;
