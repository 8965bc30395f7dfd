import { posix } from 'node:path';
import type { GitConfig } from './config.js';

/** Where a Sqitch project keeps what, relative to the folder with `sqitch.conf`. */
export interface SqitchLayout {
  readonly plan: string;
  readonly deploy: string;
  readonly revert: string;
  readonly verify: string;
  /** Scripts of changes that were reworked later. */
  readonly reworked: { readonly deploy: string; readonly revert: string; readonly verify: string };
  readonly extension: string;
  /** What Sqitch gives psql with `--set`. */
  readonly variables: Readonly<Record<string, string>>;
  /** The engine where it is not PostgreSQL; null where it is, or where none is named. */
  readonly otherEngine: string | null;
}

/** The layout by Sqitch's own rules (App::Sqitch::Target): the target's settings, then the engine's, then the core's. */
export function getSqitchLayout(config: GitConfig): SqitchLayout {
  const target = config.get('core.target') ?? config.get('engine.pg.target') ?? '';
  const isUri = target.includes(':');
  const uri = isUri ? target : (config.get(`target.${target}.uri`) ?? '');
  const engine = config.get('core.engine')?.trim() ?? /^db:(\w+):/.exec(uri)?.[1] ?? 'pg';
  const get = (key: string): string | undefined =>
    (isUri ? undefined : config.get(`target.${target}.${key}`)) ||
    config.get(`engine.pg.${key}`) ||
    config.get(`core.${key}`);
  const top = get('top_dir') ?? '';
  const getFolder = (key: string, fallback: string): string => posix.normalize(get(key) ?? fallback);
  const reworked = getFolder('reworked_dir', top === '' ? '.' : top);
  const getFolders = (prefix: string, parent: string) => ({
    deploy: getFolder(`${prefix}deploy_dir`, posix.join(parent, 'deploy')),
    revert: getFolder(`${prefix}revert_dir`, posix.join(parent, 'revert')),
    verify: getFolder(`${prefix}verify_dir`, posix.join(parent, 'verify')),
  });
  return {
    plan: posix.normalize(get('plan_file') ?? posix.join(top, 'sqitch.plan')),
    ...getFolders('', top),
    reworked: getFolders('reworked_', reworked),
    extension: get('extension') ?? 'sql',
    variables: {
      registry: get('registry') ?? 'sqitch',
      ...config.getSection('core.variables'),
      ...config.getSection('deploy.variables'),
      ...config.getSection('engine.pg.variables'),
      ...(isUri || target === '' ? {} : config.getSection(`target.${target}.variables`)),
    },
    otherEngine: /^(?:pg|postgres(?:ql)?)$/.test(engine) || config.has('engine.pg') ? null : engine,
  };
}
