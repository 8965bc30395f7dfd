import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** The repository. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Sources bundled into a folder from which the dependencies are found. */
export interface Bundle {
  readonly dir: string;
  readonly remove: () => Promise<void>;
}

/** Bundles entry points, by the name of their output, much as the build does. */
export async function createBundle(
  entryPoints: Readonly<Record<string, string>>,
  plugins: readonly Plugin[] = [],
): Promise<Bundle> {
  const dir = await mkdtemp(join(root, 'node_modules', '.plinth-test-'));
  await writeFile(join(dir, 'package.json'), '{"type":"module"}');
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
  await build({
    entryPoints: { ...entryPoints },
    outdir: dir,
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
    define: { __PLINTH_VERSION__: '"9.8.7"' },
    plugins: [...plugins],
  }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return { dir, remove };
}
