import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apply } from '../../src/index.js';
import type { Report } from '../../src/model/report.js';
import { writeLockFile } from '../../src/observe/lock-file.js';
import { resolveHistoryOptions, resolveReportOptions } from '../../src/options.js';
import { getObservation, prepare } from '../../src/run/prepare.js';
import { createReport } from '../../src/run/report.js';
import { type RunServer, renderGoose, SHOP } from '../support/run-database.js';

/**
 * A report on the shop's history, really watched: two services use it, and since the earlier lock file a migration came,
 * a statement changed and one went.
 */
export async function createShopReport(server: RunServer): Promise<Report> {
  const folder = join(server.dir, 'shop');
  const base = join(server.dir, 'base.lock.json');
  await cp(SHOP, folder, { recursive: true });
  const source = { migrations: folder, cacheDir: server.cacheDir };
  // What nobody proved: that would take longer than all that is tested here.
  const prepared = await prepare(resolveHistoryOptions(source, {}), {});
  await writeLockFile(base, await getObservation(prepared));
  await change(folder);
  const url = await server.createDatabase();
  await apply({ ...source, url, tables: ['orders'], service: 'checkout' });
  await apply({ ...source, url, tables: ['orders', 'products'], service: 'search' });
  const options = resolveReportOptions({ ...source, url, against: base }, {});
  const report = await createReport(options, {});
  await rm(folder, { recursive: true });
  return report;
}

async function change(folder: string): Promise<void> {
  const edit = async (name: string, from: string, to: string): Promise<void> => {
    const file = (await readdir(folder)).find((each) => each.includes(name))!;
    const text = await readFile(join(folder, file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    await writeFile(join(folder, file), text.replace(from, to));
  };
  await edit('orders', 'total amount', 'total amount NOT NULL');
  await edit(
    'no_address_twice',
    'CREATE UNIQUE INDEX addresses_once ON addresses (customer_id, street);',
    '',
  );
  await writeFile(
    join(folder, '09000_gifts.sql'),
    renderGoose('CREATE TABLE gifts (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);'),
  );
}
