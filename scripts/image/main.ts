// Writes images without Docker: `npm run image`.
import { parseArgs } from 'node:util';
import { isPlinthError } from '../../src/errors.js';
import { ClusterFailure } from '../cluster/failure.js';
import { type Image, writeImageArchive } from './archive.js';
import { getControllerImage, getControllerTag } from './controller.js';
import { getFolderTag, getMigrationsImage, getPlinthWithFolderImage, readFolder } from './migrations.js';
import { getPlinthImage, getPlinthTag } from './plinth.js';

const HELP = `npm run image -- [plinth | migrations | remediation-orchestrator] [--migrations DIR] [--output FILE] [--name NAME]

Writes an image as an archive that docker load, podman load, ctr images import and kind load image-archive take: of Plinth, of a
migration folder alone, or of the controller in examples/. What runs in it is a user of its own, on a read-only file system, without
a shell. The same build, Node, packages and migrations give the same bytes.
--migrations DIR  the folder, which may be repeated as for plinth: alone, for plinth manifest --migrations-image, or in the image of
                  Plinth, for --migrations-in-image. --format, --prelude and --set are those of plinth
--output FILE     default: dist-image/plinth.tar, dist-image/migrations.tar or dist-image/remediation-orchestrator.tar
--name NAME       default: localhost/plinth:… , localhost/plinth/migrations:… or localhost/plinth/remediation-orchestrator:…, tagged
                  by what it is made of`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    migrations: { type: 'string', multiple: true },
    format: { type: 'string' },
    prelude: { type: 'string' },
    set: { type: 'string', multiple: true },
    output: { type: 'string' },
    name: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const root = process.cwd();
try {
  if (values.help) {
    console.log(HELP);
  } else {
    const [which = 'plinth', ...more] = positionals;
    if (more.length > 0) throw new ClusterFailure(`One image at a time, not ${more.join(', ')}, too.`);
    const output = values.output ?? `dist-image/${which}.tar`;
    const image = await getImage(which);
    if (/:latest$|^[^:]*$|:\d+\/[^:]*$/.test(image.name))
      throw new ClusterFailure(`${image.name} has no tag that says what it is.`);
    writeImageArchive(output, [image]);
    console.error(`${output} holds`);
    console.log(image.name);
  }
} catch (error) {
  if (!(error instanceof ClusterFailure) && !isPlinthError(error)) throw error;
  console.error([error.message, ...(isPlinthError(error) ? [error.hint] : [])].join('\n'));
  process.exitCode = 1;
}

async function getImage(which: string): Promise<Image> {
  const { migrations } = values;
  const folder = migrations === undefined ? null : await readFolder({ ...values, migrations });
  const getName = (place: string, tag: string): string => values.name ?? `localhost/${place}:${tag}`;
  switch (which) {
    case 'plinth':
      return folder === null
        ? getPlinthImage(root, getName('plinth', getPlinthTag(root)))
        : getPlinthWithFolderImage(root, getName('plinth', getFolderTag(folder, root)), folder);
    case 'migrations':
      if (folder === null) throw new ClusterFailure('Which folder? Give --migrations DIR.');
      return getMigrationsImage(getName('plinth/migrations', getFolderTag(folder, null)), folder);
    case 'remediation-orchestrator':
      if (folder !== null) throw new ClusterFailure('--migrations is for plinth and migrations.');
      return getControllerImage(root, getName('plinth/remediation-orchestrator', getControllerTag(root)));
    default:
      throw new ClusterFailure(`There is no image ${which}: plinth, migrations, remediation-orchestrator.`);
  }
}
