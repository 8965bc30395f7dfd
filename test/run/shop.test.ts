import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SHOP } from '../support/run-database.js';
import { createShopFiles } from '../support/shop-history.js';

test('the folder of the shop is what its script makes', async () => {
  const files = createShopFiles();
  const names = await readdir(SHOP);
  expect(names.sort()).toEqual(Object.keys(files));
  expect(names.length).toBe(40);
  for (const name of names) expect(await readFile(join(SHOP, name), 'utf8')).toBe(files[name]);
});
