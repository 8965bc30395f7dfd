import type { MigrationConfig } from '../../kubernaut/config.js';
import type { OnEvent } from '../../model/event.js';
import { createLineWriter } from '../../report/lines.js';
import { renderResultJson } from '../../report/ndjson.js';
import { renderResult } from '../../report/result-text.js';
import { renderVerification, renderVerificationJson } from '../../report/verify-text.js';
import type { ExitCode } from '../exit-codes.js';
import type { CallContext, Io } from '../io.js';
import { withReporter } from '../reporter.js';
import type { Values } from '../values.js';

/** Does what `applyMigrations` of `plinth/kubernaut` does. With `--json` the talk goes to stderr all the same, for a suite's log. */
export async function runKubernaut(values: Values, io: Io): Promise<void> {
  const [{ apply }, { getApplyOptions }] = await Promise.all([io.load(), io.loadKubernaut()]);
  const result = await withTalk(io, values, (context) => apply(getApplyOptions(getConfig(values)), context));
  io.stdout.write(`${values['json'] === true ? renderResultJson(result) : renderResult(result)}\n`);
}

/** Does what `verifyMigrations` of `plinth/kubernaut` does. */
export async function runKubernautVerify(values: Values, io: Io): Promise<ExitCode> {
  const [{ verify }, { getVerifyOptions }] = await Promise.all([io.load(), io.loadKubernaut()]);
  const result = await withTalk(io, values, (context) =>
    verify(getVerifyOptions(getConfig(values)), context),
  );
  const render = values['json'] === true ? renderVerificationJson : renderVerification;
  io.stdout.write(`${render(result)}\n`);
  return result.ok ? 0 : 10;
}

async function withTalk<T>(io: Io, values: Values, work: (context: CallContext) => Promise<T>): Promise<T> {
  return await withReporter(io, values, true, ({ signal, onEvent }) => {
    const talk: OnEvent | undefined = values['json'] === true ? createLineWriter(io.stderr) : undefined;
    return work({
      signal,
      onEvent: (event) => {
        onEvent(event);
        talk?.(event);
      },
    });
  });
}

function getConfig(values: Values): MigrationConfig {
  const { kubeconfig = '', namespace, user, database, migrations, ...rest } = values;
  const { postgresService, tables, timeout, service } = rest;
  const config = {
    kubeconfigPath: kubeconfig,
    namespace,
    postgresService,
    postgresUser: user,
    postgresDB: database,
    migrations,
    tables,
    timeout,
    service,
  };
  const given = Object.entries(config).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as MigrationConfig;
}
