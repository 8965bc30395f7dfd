import { posix } from 'node:path';
import { createPsqlMigration } from '../psql/psql-files.js';
import { readPsqlScript } from '../psql/read-script.js';
import type { FolderListing, Reader } from '../reader.js';
import { createReading, type ReadingDraft } from '../reading.js';
import { parseGitConfig } from './config.js';
import { getSqitchLayout, type SqitchLayout } from './layout.js';
import { parseSqitchPlan, type SqitchChange } from './plan.js';

const CONFIG = 'sqitch.conf';

/** Sqitch: the changes of `sqitch.plan` in its order, each by its deploy script, which psql runs. */
export const sqitch: Reader = {
  format: 'sqitch',

  async recognize(files) {
    const { plan } = await readLayout(files);
    if (!files.paths.includes(plan)) return null;
    return { score: 100, evidence: [plan] };
  },

  async read(files, { placeholders = {} }) {
    const reading = createReading(files, false);
    const layout = await readLayout(files);
    if (layout.otherEngine !== null) {
      const problem = `the engine is "${layout.otherEngine}", and there is no [engine "pg"]`;
      reading.reject(CONFIG, problem, 'Plinth reads projects for PostgreSQL.');
    }
    passOverScripts(files, layout, reading);
    const text = await reading.getText(layout.plan);
    const plan = text === null ? { changes: [], problems: [] } : parseSqitchPlan(text);
    for (const { line, problem } of plan.problems) {
      reading.reject(`${layout.plan}:${line}`, problem, 'Sqitch refuses this plan, too (sqitch plan tells).');
    }
    for (const change of plan.changes) {
      const path = getDeployScript(change, files, layout);
      if (!files.paths.includes(path)) {
        const problem = `the change ${change.name} (${layout.plan}:${change.line}) has no such script`;
        reading.reject(path, problem, 'Sqitch cannot deploy it either: restore the script.');
        continue;
      }
      const script = await reading.getText(path);
      if (script === null) continue;
      const variables = { ...layout.variables, ...placeholders };
      reading.migrations.push(
        createPsqlMigration(reading, await readPsqlScript(path, script, files, { variables }), {
          // No name of a change has a # in it; the first of that name keeps its id when it is reworked.
          id: change.reworks === 0 ? change.name : `${change.name}#${change.reworks + 1}`,
          name: path,
          // psql sends statement by statement; scripts bring their own BEGIN and COMMIT.
          transaction: 'none',
        }),
      );
    }
    return reading.finish();
  },
};

async function readLayout(files: FolderListing): Promise<SqitchLayout> {
  return getSqitchLayout(parseGitConfig(files.paths.includes(CONFIG) ? await files.peek(CONFIG) : ''));
}

/** Of a change that was reworked later, the script that has one of the tags in its name. */
function getDeployScript(change: SqitchChange, files: FolderListing, layout: SqitchLayout): string {
  const { name, reworkTags } = change;
  if (reworkTags.length === 0) return posix.join(layout.deploy, `${name}.${layout.extension}`);
  const paths = reworkTags.map((tag) =>
    posix.join(layout.reworked.deploy, `${name}@${tag}.${layout.extension}`),
  );
  return paths.find((path) => files.paths.includes(path)) ?? paths[0]!;
}

function passOverScripts(files: FolderListing, layout: SqitchLayout, reading: ReadingDraft): void {
  const { reworked } = layout;
  for (const path of files.paths) {
    const isBelow = (...folders: string[]): boolean =>
      folders.some((folder) => path.startsWith(`${folder}/`));
    if (path === layout.plan || path === CONFIG) reading.passOver(path, 'tool-metadata');
    else if (isBelow(layout.revert, reworked.revert)) reading.passOver(path, 'down-migration');
    else if (isBelow(layout.verify, reworked.verify)) reading.passOver(path, 'verify-script');
    else if (isBelow(layout.deploy, reworked.deploy)) reading.passOver(path, 'not-in-plan');
  }
}
