import { parseArgs } from 'node:util';
import { getMissingPrograms, installPeer } from './install.js';
import { findPeer, getPeersFolder, PEER_NAMES, PEERS, type PeerName } from './peers.js';

const HELP = `npm run peers [-- NAME…]     installs other migration tools, for tests beside them: ${PEER_NAMES.join(', ')}
npm run peers -- --list      says which are there

They go into PLINTH_PEERS_DIR (default: peers, in the user's cache folder); each comes by the client of its own registry: go, npm, mvn.`;

const { values, positionals } = readArguments();
const unknown = positionals.filter((name) => !(PEER_NAMES as readonly string[]).includes(name));
if (values.help || unknown.length > 0) {
  console.error(unknown.length > 0 ? `There is no peer ${unknown.join(', ')}.\n\n${HELP}` : HELP);
  process.exit(unknown.length > 0 ? 2 : 0);
}
const folder = getPeersFolder();
const wanted = (positionals.length > 0 ? positionals : PEER_NAMES) as readonly PeerName[];
for (const name of wanted) {
  const peer = PEERS[name];
  const title = `${name} ${peer.version}`;
  const found = findPeer(peer, folder);
  if (found !== null) console.log(`${title}: ${found}`);
  else if (values.list) console.log(`${title}: not installed`);
  else await install(name, title);
}

async function install(name: PeerName, title: string): Promise<void> {
  const missing = getMissingPrograms(PEERS[name]);
  if (missing.length > 0) {
    console.log(`${title}: not installed, as this machine lacks ${missing.join(' and ')}`);
    process.exitCode = 1;
    return;
  }
  const began = Date.now();
  try {
    await installPeer(PEERS[name], process.cwd(), folder);
    console.log(`${title}: installed in ${Math.round((Date.now() - began) / 1000)} s`);
  } catch (error) {
    console.log(`${title}: not installed: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { list: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    });
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    process.exit(2);
  }
}
