import { renderSuggestion } from './suggestion.js';

/** What a line of a list may look like. */
const FORMS =
  'NAMESPACE/SERVICE/DATABASE, or NAMESPACE/secret:NAME/KEY (without NAMESPACE/ in the namespace of the Job)';

/** What is wrong with a list of databases; each says where. */
export const FLEET_PROBLEMS = {
  unreadable: (reason: string): string => `it cannot be read as YAML: ${reason}`,
  shape: (): string => 'it must be a list of databases, or have one under targets (docs/fleets.md)',
  empty: (): string => 'it names no database',
  line: (text: string): string =>
    `${text.includes('://') ? 'a URL (put it into a Secret: it may hold a password)' : JSON.stringify(text)} is not ${FORMS}`,
  unknownKey: (key: string, known: readonly string[]): string =>
    `unknown key ${key}${renderSuggestion(key, known)}`,
  wrong: (key: string, words: string): string => `${key} must be ${words}`,
  both: (): string => 'urlSecret, or service and database: not both',
  neither: (): string => 'neither urlSecret nor service and database',
  noDatabase: (service: string): string => `no database of service ${service}`,
  noPassword: (): string =>
    'no password: give passwordSecret: NAME/KEY (or for all --password-secret NAME/KEY), a Secret of its namespace',
  twice: (name: string, other: number | null): string =>
    `${name} stands ${other === null ? 'in the list twice' : `in line ${other}, too`}`,
  noMatch: (pattern: string, service: string, namespace: string): string =>
    `service ${service} in ${namespace} has no database ${pattern}`,
  noSuch: (kind: string, selector: string, namespaces: readonly string[] | null): string =>
    `no ${kind === 'services' ? 'Service' : 'Secret'} ${namespaces === null ? 'of any namespace' : `in ${namespaces.join(', ')}`} has the labels ${selector}`,
  noPort: (service: string, namespace: string, ports: readonly string[]): string =>
    `service ${service} in ${namespace} does not say which port is PostgreSQL's: it has ${ports.join(', ') || 'none'}; give --port`,
  noUrlKey: (secret: string, namespace: string, key: string, keys: readonly string[]): string =>
    `Secret ${secret} in ${namespace} has no key ${key}; it has ${keys.join(', ') || 'none'} (--url-key KEY)`,
} as const;

interface FleetInvalid {
  /** The file, or what else the databases were looked for by. */
  readonly list: string;
  readonly problems: readonly { readonly line: number | null; readonly message: string }[];
}

const SHOWN = 50;

/** Every error of fleets. */
export const FLEET_ERRORS = {
  FLEET_INVALID: ({ list, problems }: FleetInvalid) => {
    const lines = problems
      .slice(0, SHOWN)
      .map(({ line, message }) => `${list}${line === null ? '' : `:${line}`}: ${message}`);
    const more = problems.length > SHOWN ? [`and ${problems.length - SHOWN} more`] : [];
    return {
      message:
        problems.length === 1
          ? lines[0]!
          : `${problems.length} problems of the list of databases:\n${[...lines, ...more].map((line) => `  ${line}`).join('\n')}`,
      hint: 'Nothing was made in the cluster. docs/fleets.md shows what a list may hold.',
    };
  },
} as const;

/** What is said to who runs by hand what the pods of a fleet run. */
export const renderNoShard = (): string =>
  'plinth fleet work is what the pods of a fleet run: say plinth fleet';
