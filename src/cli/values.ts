import {
  type ApplyOptions,
  type FleetOptions,
  type ManifestOptions,
  OPTION_NAMES,
  type ReportOptions,
  type VerifyOptions,
} from '../options.js';

/** What was given, by option: on the command line or in the environment. */
export interface Values {
  readonly [key: string]: unknown;
  /** How the user gave each of them, for problems. */
  readonly [OPTION_NAMES]?: Readonly<Record<string, string>>;
}

const LIBRARY_KEYS = [
  'migrations',
  'format',
  'history',
  'tables',
  'alone',
  'declared',
  'partitions',
  'searchPath',
  'prelude',
  'scratch',
  'allowServerFiles',
  'url',
  'embedded',
  'kubeconfig',
  'context',
  'namespace',
  'postgresService',
  'pod',
  'selector',
  'port',
  'user',
  'database',
  'passwordSecret',
  'timeout',
  'ledger',
  'allowChanged',
  'allowOutOfOrder',
  'trustLedger',
  'writeLedger',
  'service',
  'missingRoles',
  'withPrelude',
  'yes',
  'pid',
  'verify',
  'for',
  'every',
  'against',
  'image',
  'style',
  'urlSecret',
  'migrationsInImage',
  'migrationsImage',
  'ttl',
  'consumer',
  'serviceAccount',
  'targets',
  'targetKind',
  'targetNamespaces',
  'urlKey',
  'parallelism',
  'perPod',
  'canary',
  'maxFailures',
  'again',
] as const;

type LibraryOptions = ApplyOptions & VerifyOptions & ReportOptions & ManifestOptions & FleetOptions;

/** The library's options out of the command line's; the library itself checks them. */
export function getLibraryOptions(values: Values): LibraryOptions {
  const options: Record<string, unknown> = {};
  for (const key of LIBRARY_KEYS) if (values[key] !== undefined) options[key] = values[key];
  if (values['set'] !== undefined) options['set'] = Object.fromEntries(values['set'] as [string, string][]);
  if (values['step'] !== undefined) {
    options['steps'] = Object.fromEntries(values['step'] as [string, string][]);
  }
  if (values['cache'] === false) options['cacheDir'] = false;
  if (values[OPTION_NAMES] !== undefined) Object.assign(options, { [OPTION_NAMES]: values[OPTION_NAMES] });
  return options as unknown as LibraryOptions;
}

/**
 * Splits `a,"B,c",function f(int,int)` at the commas outside of quotes and parentheses; keeps what is empty, so that it
 * is an error and not "all".
 */
export function parseNames(text: string): string[] {
  const names = [''];
  for (const [part] of text.matchAll(/"[^"]*"?|\([^)]*\)?|,|[^",(]+/g)) {
    if (part === ',') names.push('');
    else names[names.length - 1] += part;
  }
  return names.map((name) => name.trim());
}

/** Reads `NAME=VALUE`; null where it is not. */
export function parsePair(text: string): readonly [string, string] | null {
  const at = text.indexOf('=');
  return at < 1 ? null : [text.slice(0, at), text.slice(at + 1)];
}
