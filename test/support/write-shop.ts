import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createShopFiles } from './shop-history.js';

// node scripts/run-ts.mjs test/support/write-shop.ts
const folder = join(process.cwd(), 'test/fixtures/run/shop');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(createShopFiles())) writeFileSync(join(folder, name), text);
