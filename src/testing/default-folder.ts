import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Where a project's own PostgreSQL for tests has its data: below the folder for temporary files, by user and project, that is,
 * by the nearest folder upwards with a `package.json`.
 */
export function getDefaultFolder(): string {
  let project = process.cwd();
  while (!existsSync(join(project, 'package.json')) && dirname(project) !== project) {
    project = dirname(project);
  }
  const root = existsSync(join(project, 'package.json')) ? project : process.cwd();
  const digest = createHash('sha256').update(root).digest('hex').slice(0, 8);
  return join(realpathSync(tmpdir()), `plinth-tests-${process.getuid?.() ?? 0}-${digest}`);
}
