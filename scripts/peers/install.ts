import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, runLongCommand } from '../cluster/commands.js';
import { getPeerFolder, type Peer, type Source } from './peers.js';

const DRIVERS = 'scripts/peers/drivers';
const NEEDS: Readonly<Record<Source['kind'], readonly string[]>> = {
  go: ['go'],
  npm: ['npm'],
  maven: ['mvn', 'javac'],
};

/** The programs that installing a peer takes and this machine lacks. */
export function getMissingPrograms({ source }: Peer): readonly string[] {
  return NEEDS[source.kind].filter((name) => findProgram(name) === null);
}

/** Brings a peer into its folder, which is there as a whole or not at all. */
export async function installPeer(peer: Peer, root: string, folder: string): Promise<void> {
  const place = getPeerFolder(peer, folder);
  const fresh = `${place}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    if (peer.driver !== undefined) copyFileSync(join(root, DRIVERS, peer.driver), join(fresh, peer.driver));
    await installSource(peer, fresh);
    rmSync(place, { recursive: true, force: true });
    renameSync(fresh, place);
  } catch (error) {
    // Of two at once one is first.
    if (!existsSync(join(place, peer.file))) throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function installSource({ name, version, source, driver }: Peer, to: string): Promise<void> {
  if (source.kind === 'go') await installGo(name, version, source, to);
  else if (source.kind === 'npm') {
    writeFileSync(join(to, 'package.json'), JSON.stringify({ private: true, dependencies: source.packages }));
    await runLongCommand('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: to });
  } else {
    writeFileSync(join(to, 'pom.xml'), renderPom(source.artifacts));
    const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
    const more = ['-DincludeScope=runtime', `-DoutputDirectory=${join(to, 'lib')}`];
    await runLongCommand('mvn', ['-q', '-B', copy, ...more], { cwd: to });
    await runLongCommand('javac', ['-cp', join(to, 'lib', '*'), '-d', to, join(to, driver!)], { cwd: to });
  }
}

async function installGo(
  name: string,
  version: string,
  { module, program, tags, requires = [] }: Extract<Source, { kind: 'go' }>,
  to: string,
): Promise<void> {
  // A module of its own, as `go install` asks the proxy for lists of versions that it may not have.
  writeFileSync(join(to, 'go.mod'), renderGoModule([`${module} v${version}`, ...requires]));
  const tagged = tags === undefined ? [] : ['-tags', tags];
  await runLongCommand('go', ['build', ...tagged, '-o', join(to, name), program], {
    cwd: to,
    env: { CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOWORK: 'off' },
  });
}

function renderGoModule(modules: readonly string[]): string {
  return `module peer\n\ngo 1.21\n\n${modules.map((one) => `require ${one}\n`).join('')}`;
}

function renderPom(artifacts: readonly string[]): string {
  const dependencies = artifacts.map((artifact) => {
    const [group, name, version] = artifact.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>plinth</groupId><artifactId>peers</artifactId><version>1</version>
<dependencies>${dependencies.join('')}</dependencies>
</project>
`;
}
