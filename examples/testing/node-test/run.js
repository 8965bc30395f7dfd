// node:test runs each file in a process of its own; what they share is made ready here.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { startTesting } from 'plinth/testing';
import { options } from './options.js';

const testing = await startTesting(options);
const files = readdirSync('.').filter((name) => name.endsWith('.test.js'));
run({ files: files.map((name) => join(process.cwd(), name)), concurrency: true })
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .on('end', () => testing.stop())
  .compose(spec)
  .pipe(process.stdout);
