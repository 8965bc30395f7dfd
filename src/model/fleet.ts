import type { Finding } from './finding.js';

/** A key of a Secret. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** Reads `NAME/KEY`. */
export const parseSecretKey = (text: string): SecretKey => ({
  name: text.slice(0, text.indexOf('/')),
  key: text.slice(text.indexOf('/') + 1),
});

/** A database of a fleet, without any secret: where it is, and which Secret leads into it. */
export type FleetTarget = TargetPlace & {
  /** How it is called everywhere: `shop/postgres/tenant_1`, `shop/secret:tenant-7/uri`. */
  readonly name: string;
};

/** A database by the URL in a Secret, or of a service. */
export type TargetPlace =
  | { readonly namespace: string; readonly url: SecretKey }
  | {
      readonly namespace: string;
      readonly service: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly password: SecretKey;
    };

/** How a database is called: two with the same name are the same one. */
export function getTargetName(target: TargetPlace): string {
  const { namespace } = target;
  if ('url' in target) return `${namespace}/secret:${target.url.name}/${target.url.key}`;
  const { database, port, service } = target;
  return `${namespace}/${service}${port === 5432 ? '' : `:${port}`}/${database}`;
}

/** Why a database could not be brought to be as it should. */
export interface TargetError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly findings: readonly Finding[];
}

/** What became of a database. */
export interface TargetResult {
  readonly target: string;
  /** `already`: it was asked, and there was nothing to do. `before`: an earlier run was through with it; it was not asked again. */
  readonly outcome: 'applied' | 'already' | 'before' | 'failed' | 'left';
  /** Statements that ran. */
  readonly statements: number;
  readonly elapsedMs: number;
  readonly error: TargetError | null;
}

/** Why a fleet did not get to the end of its list. */
export type FleetStop = 'aborted' | 'canary' | 'max-failures' | 'job';

/** What became of every database of a list. */
export interface FleetReport {
  /** What its objects in the cluster are called by. */
  readonly fleet: string;
  readonly namespace: string;
  /** The Jobs of this run. */
  readonly jobs: readonly string[];
  /** Null: all were asked. */
  readonly stopped: FleetStop | null;
  readonly counts: Readonly<Record<TargetResult['outcome'], number>>;
  readonly targets: readonly TargetResult[];
  readonly elapsedMs: number;
}
