import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The licences of the packages whose files are in bundles; `inputs` are paths of esbuild's metafiles. */
export function renderLicenses(bundles, inputs) {
  const folders = inputs.flatMap((path) => /^(?:.*node_modules\/)((?:@[^/]+\/)?[^/]+)/.exec(path)?.[0] ?? []);
  const parts = [...new Set(folders)].sort().map((folder) => {
    const { license, name, version } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : `\n\n${readFileSync(join(root, folder, file), 'utf8').trim()}`;
    return `${name} ${version} (${license})${text}`;
  });
  return `Parts of these packages are in ${bundles.join(' and ')}.\n\n${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
