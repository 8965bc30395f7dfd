import { PlinthError } from '../../errors.js';
import { renderFleetJson, renderFleetReport, renderTargetResult } from '../../report/fleet-text.js';
import { renderNoShard } from '../../report/fleet-words.js';
import { getStyle } from '../../report/style.js';
import type { ExitCode } from '../exit-codes.js';
import type { Io } from '../io.js';
import { withReporter } from '../reporter.js';
import { getLibraryOptions, type Values } from '../values.js';

/** Applies to every database of a list by Jobs in the cluster, and prints what became of each. */
export async function runFleet(values: Values, io: Io): Promise<ExitCode> {
  const { createFleetRights, fleet } = await io.load();
  if (values['printRights'] === true) {
    io.stdout.write((await createFleetRights(getLibraryOptions(values))).yaml);
    return 0;
  }
  const report = await withReporter(io, values, true, (context) => fleet(getLibraryOptions(values), context));
  const verbose = values['verbose'] === true;
  const text =
    values['json'] === true
      ? renderFleetJson(report)
      : renderFleetReport(report, { style: getStyle(io.stdout, io.env), verbose });
  io.stdout.write(`${text}\n`);
  if (report.stopped === 'aborted') return 130;
  return report.counts.failed + report.counts.left > 0 ? 12 : 0;
}

/** What a pod of the Job runs: its databases one after another, a line for each. */
export async function runFleetWork(values: Values, io: Io): Promise<ExitCode> {
  const index = io.env['JOB_COMPLETION_INDEX'];
  const { shards, namespace, maxFailures } = values as Readonly<Record<string, string | undefined>>;
  if (index === undefined || shards === undefined || namespace === undefined)
    throw new PlinthError('OPTIONS_INVALID', { problems: [renderNoShard()] });
  const { workFleet } = await io.load();
  const { namespace: _, maxFailures: __, ...options } = getLibraryOptions(values);
  const most = maxFailures === undefined ? {} : { maxFailures: Number(maxFailures) };
  const results = await workFleet(
    { ...options, namespace, shard: `${shards}-${index}`, ...most },
    {
      signal: io.signal,
      onResult: (result) => io.stdout.write(`${renderTargetResult(result)}\n`),
    },
  );
  if (io.signal.aborted) return 130;
  return results.some(({ outcome }) => outcome === 'failed') ? 12 : 0;
}
