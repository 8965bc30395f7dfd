import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeImageArchive } from '../../scripts/image/archive.js';
import { getFolderTag, getMigrationsImage, readFolder } from '../../scripts/image/migrations.js';

const REPOSITORY = join(import.meta.dirname, '../..');
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'plinth-archives-'));
  mkdirSync(join(root, 'db/migrations'), { recursive: true });
  writeFileSync(join(root, 'db/migrations/20240101000000_t.sql'), 'CREATE TABLE t ();\n');
  writeFileSync(join(root, 'db/migrations/.env'), 'PASSWORD=hunter2\n');
});
afterEach(() => rmSync(root, { recursive: true }));

const write = async (name: string): Promise<string> => {
  const folder = await readFolder({ migrations: [join(root, 'db/migrations')] });
  const path = join(root, name);
  writeImageArchive(path, [getMigrationsImage(`registry/m:${getFolderTag(folder, null)}`, folder)]);
  return path;
};
const listFiles = (archive: string): string => {
  const layer = execFileSync('tar', ['-xOf', archive, 'migrations.tar']);
  return execFileSync('tar', ['-tv', '--numeric-owner'], { input: layer, encoding: 'utf8' });
};
const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

// Layers are packed by GNU tar, whose output is the same for the same files.
describe.skipIf(process.platform !== 'linux')('the image of a folder', () => {
  test('is the same, byte for byte, whatever the umask, and holds what a ConfigMap would', async () => {
    const first = await write('one.tar');
    const before = process.umask(0o077);
    try {
      expect(hash(await write('two.tar'))).toBe(hash(first));
    } finally {
      process.umask(before);
    }
    expect(listFiles(first)).toMatch(/^-rw-r--r-- 0\/0 .* \.\/20240101000000_t\.sql$/m);
    expect(listFiles(first)).not.toContain('.env');
  });

  test('has below its root what the tool keeps beside the folder, too', async () => {
    writeFileSync(join(root, 'db/config.toml'), 'project_id = "shop"\n');
    const files = listFiles(await write('three.tar'));
    expect(files).toContain(' ./config.toml');
    expect(files).toContain(' ./migrations/20240101000000_t.sql');
  });

  test.each([
    [['migrations'], 'Which folder? Give --migrations DIR.'],
    [['migrations', '--migrations', '/nowhere'], 'there is no file or folder /nowhere'],
    [['plinths'], 'There is no image plinths: plinth, migrations, remediation-orchestrator.'],
    [['plinth', '--name', 'plinth:latest'], 'plinth:latest has no tag that says what it is.'],
  ])('npm run image -- %j is one clear error', (args, message) => {
    const script = ['scripts/run-ts.mjs', 'scripts/image/main.ts', ...args];
    const run = () => execFileSync(process.execPath, script, { cwd: REPOSITORY, stdio: 'pipe' });
    expect(run).toThrow(message);
  });
});
