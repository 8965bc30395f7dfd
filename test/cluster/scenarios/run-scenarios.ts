import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getExitCode } from '../../../src/cli/exit-codes.js';
import { apply, type Finding, isPlinthError, type PlinthError } from '../../../src/index.js';
import * as library from '../../../src/run.js';
import { runHere } from '../../cli/helpers/run.js';
import { getCluster, hasCluster } from '../../support/cluster.js';
import { hasPgbouncer } from '../../support/cluster-pgbouncer.js';
import type { Produced, Scenario, ScenarioGroup } from './scenario.js';
import { createWorld, type World } from './world.js';

/** Long, so that whoever waits for what waiting cannot mend is seen to do so. */
const LONG = '10m';
const SHORT = '1500ms';

/** What one look told. */
interface Told {
  readonly code: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly evidence: readonly string[];
}

/** Brings every scenario about, and meets it twice: by a run, and by `plinth doctor`. */
export function describeScenarios({ title, scenarios }: ScenarioGroup): void {
  describe.skipIf(!hasCluster)(title, () => {
    let world: World;
    const times: string[] = [];
    beforeAll(async () => {
      world = await createWorld();
      await world.writeFile('001.sql', 'create table orders (id bigint primary key);\n');
    }, 300_000);
    afterAll(async () => {
      if (process.env['PLINTH_SCENARIO_TIMES']) console.log(times.join('\n'));
      await world?.remove();
    });

    for (const one of scenarios) {
      test.skipIf(one.needs === 'pgbouncer' && !hasPgbouncer)(one.name, () => meet(one), 300_000);
    }

    async function meet(one: Scenario): Promise<void> {
      const produced = await one.produce(world);
      const restore = setEnvironment(produced.env ?? {});
      try {
        for (const round of [1, 2]) {
          const start = performance.now();
          check(one, await readRunError(one, produced));
          times.push(
            `${Math.round(performance.now() - start)} ms  ${one.name} (${one.waited ? 'waited' : 'at once'}, ${round})`,
          );
          check(one, await readDoctorProblem(one, produced));
        }
      } finally {
        restore();
        await produced.undo?.();
      }
    }

    const getOptions = ({ options = {} }: Produced) => ({
      kubeconfig: getCluster().kubeconfig,
      namespace: world.namespace.name,
      ...options,
    });

    /** The error of a run; what is waited for is told meanwhile, and nothing else is waited for. */
    async function readRunError(one: Scenario, produced: Produced): Promise<Told> {
      const waits: Finding[] = [];
      const options = {
        ...getOptions(produced),
        migrations: `${world.folder}/001.sql`,
        format: 'plain' as const,
        cacheDir: false as const,
        timeout: one.waited ? SHORT : LONG,
      };
      const error = await apply(options, {
        onEvent: (event) => {
          if (event.type === 'waiting') waits.push(event.finding!);
        },
      }).then(
        (result) => Promise.reject(new Error(`it was ${result.outcome}`)),
        (thrown: unknown) => (isPlinthError(thrown) ? thrown : Promise.reject(thrown)),
      );
      expect(waits.map(({ code }) => code)).toEqual(one.waited ? expect.arrayContaining([one.code]) : []);
      return getTold(error);
    }

    /** What `plinth doctor --json` has on the scenario's rung; it ends with the exit code of the error. */
    async function readDoctorProblem(one: Scenario, produced: Produced): Promise<Told> {
      const argv = Object.entries(getOptions(produced)).flatMap(([key, value]) => [
        `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
        String(value),
      ]);
      const { code, stdout } = await runHere(['doctor', '--json', ...argv], { library });
      const { steps } = JSON.parse(stdout) as {
        steps: readonly { rung: string; outcome: string; problem?: PlinthError }[];
      };
      const failed = steps.filter(({ outcome }) => outcome === 'failed');
      expect(failed.map(({ rung, problem }) => `${rung} ${problem?.code}`)).toEqual([
        `${one.rung} ${one.code}`,
        ...(one.also ?? []),
      ]);
      expect(code).toBe(getExitCode({ code: one.code, [Symbol.for('plinth.error')]: true }));
      return getTold(failed[0]!.problem!);
    }

    // As JSON has it: an error of a run has its arguments, and its finding has them where it has one.
    function getTold({ code, args, findings }: PlinthError): Told {
      const [first] = findings;
      return world.tidy({
        code,
        args: (args ?? first?.args ?? {}) as Told['args'],
        evidence: first?.evidence ?? [],
      });
    }

    function check({ args, code, evidence = [], evidenceLike, loose = {} }: Scenario, told: Told): void {
      expect(told.code).toBe(code);
      const matched = Object.entries(loose as Readonly<Record<string, RegExp>>);
      const expected = { ...args, ...Object.fromEntries(matched.map(([key]) => [key, expect.anything()])) };
      expect(told.args).toEqual(expected);
      for (const [key, pattern] of matched) {
        const value = told.args[key];
        expect(typeof value === 'string' ? value : JSON.stringify(value)).toMatch(pattern);
      }
      if (evidenceLike === undefined) expect(told.evidence).toEqual(evidence);
      else expect(told.evidence.join('\n')).toMatch(evidenceLike);
    }
  });
}

function setEnvironment(env: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
