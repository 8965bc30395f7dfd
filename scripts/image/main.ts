// Writes images without Docker: `npm run image`.
import { parseArgs } from 'node:util';
import { ClusterFailure } from '../cluster/failure.js';
import { writeImageArchive } from './archive.js';
import { getControllerImage, getControllerTag } from './controller.js';
import { getPlinthImage, getPlinthTag } from './plinth.js';

const HELP = `npm run image -- [plinth | remediation-orchestrator] [--output FILE] [--name NAME]

Writes an image, of Plinth or of the controller in examples/, as an archive that docker load, podman load, ctr images import and kind load image-archive take.
It runs as a user of its own, on a read-only file system, without a shell. The same build, Node and packages give the same
bytes.
--output FILE  default: dist-image/plinth.tar or dist-image/remediation-orchestrator.tar
--name NAME    default: localhost/plinth:… or localhost/plinth/remediation-orchestrator:…, tagged by what it is made of`;

const IMAGES = {
  plinth: { place: 'localhost/plinth', getTag: getPlinthTag, getImage: getPlinthImage },
  'remediation-orchestrator': {
    place: 'localhost/plinth/remediation-orchestrator',
    getTag: getControllerTag,
    getImage: getControllerImage,
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
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
    const which = (positionals[0] ?? 'plinth') as keyof typeof IMAGES;
    if (IMAGES[which] === undefined)
      throw new ClusterFailure(`There is no image ${which}: ${Object.keys(IMAGES).join(', ')}.`);
    const { place, getTag, getImage } = IMAGES[which];
    const output = values.output ?? `dist-image/${which}.tar`;
    const name = values.name ?? `${place}:${getTag(root)}`;
    if (/:latest$|^[^:]*$|:\d+\/[^:]*$/.test(name))
      throw new ClusterFailure(`${name} has no tag that says what it is.`);
    writeImageArchive(output, [getImage(root, name)]);
    console.error(`${output} holds`);
    console.log(name);
  }
} catch (error) {
  if (!(error instanceof ClusterFailure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
