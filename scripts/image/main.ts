// Writes Plinth's image without Docker: `npm run image`.
import { parseArgs } from 'node:util';
import { ClusterFailure } from '../cluster/failure.js';
import { writeImageArchive } from './archive.js';
import { getPlinthImage, getPlinthTag } from './plinth.js';

const HELP = `npm run image -- [--output FILE] [--name NAME]

Writes an image of Plinth as an archive that docker load, podman load, ctr images import and kind load image-archive take.
It runs as a user of its own, on a read-only file system, without a shell. The same build, Node and packages give the same
bytes.
--output FILE  default: dist-image/plinth.tar
--name NAME    default: localhost/plinth:<what it is made of>`;

const { values } = parseArgs({
  options: {
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
    const output = values.output ?? 'dist-image/plinth.tar';
    const name = values.name ?? `localhost/plinth:${getPlinthTag(root)}`;
    if (/:latest$|^[^:]*$|:\d+\/[^:]*$/.test(name))
      throw new ClusterFailure(`${name} has no tag that says what it is.`);
    writeImageArchive(output, [getPlinthImage(root, name)]);
    console.error(`${output} holds`);
    console.log(name);
  }
} catch (error) {
  if (!(error instanceof ClusterFailure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
