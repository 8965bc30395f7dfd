import { FORMATS } from '../model/history.js';
import { LEDGER_TOOLS } from '../model/tool-ledger.js';
import { DURATION, IDENTIFIER, SERVICE } from '../options.js';

type JsonType = 'string' | 'boolean' | 'array' | 'object';

/** What of JSON Schema the settings are described with. */
export interface Schema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly not?: { readonly pattern: string };
  readonly items?: Schema;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | false;
  readonly propertyNames?: { readonly pattern: string };
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

const TEXT = '\\S';
const URL = '^[Pp]ostgres([Qq][Ll])?://|^[A-Za-z_]+ *=';
// In the schema, so that an editor tells, too.
const PASSWORD = '^[A-Za-z]+://[^\\s:/@?#]*:[^\\s?#]*@|\\b(ssl)?[Pp]ass(word|wd) *=';

const TOOL_LEDGER = `^(${LEDGER_TOOLS.join('|')})(=[^.]+(\\.[^.]+)?)?$`;

/** The words for what a text must look like, by its pattern. */
export const PATTERN_WORDS: ReadonlyMap<string, string> = new Map([
  [TEXT, 'a text that is not empty'],
  [URL, 'a URL (postgres://…) or a key=value string'],
  [TOOL_LEDGER, `one of ${LEDGER_TOOLS.join(', ')}, with =TABLE or =SCHEMA.TABLE where it has another one`],
  ...[SERVICE, IDENTIFIER, DURATION].map(([shape, words]) => [shape.source, words] as const),
]);

const text = (description: string, pattern = TEXT): Schema => ({ type: 'string', pattern, description });
const choice = (choices: readonly string[], description: string): Schema => ({ enum: choices, description });
const flag = (description: string): Schema => ({ type: 'boolean', description });
const url = (description: string): Schema => ({ ...text(description, URL), not: { pattern: PASSWORD } });
const tables = (description: string): Schema => ({
  type: 'array',
  items: text('name, schema.name or a pattern such as audit_*'),
  minItems: 1,
  description,
});
const byName = (description: string, additionalProperties: Schema): Schema => ({
  type: 'object',
  propertyNames: { pattern: SERVICE[0].source },
  additionalProperties,
  description,
});
const object = (properties: Readonly<Record<string, Schema>>, description: string): Schema => ({
  type: 'object',
  properties,
  additionalProperties: false,
  description,
});

const HISTORY = {
  migrations: {
    type: ['string', 'array'],
    pattern: TEXT,
    items: text('A location.'),
    minItems: 1,
    description: 'The migration folder, or one SQL file; a list of several for Flyway and plain.',
  },
  format: choice(FORMATS, 'The tool that owns the folder. Default: recognized.'),
  set: {
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'Values of placeholders, by name.',
  },
  searchPath: text('The search path that the history expects. Default: that of the server.'),
  prelude: text('A SQL file with what the history expects around it.'),
  trustLedger: text(
    'The tool whose own table says what is applied already: goose, goose=schema.table. Default: none.',
    TOOL_LEDGER,
  ),
  writeLedger: text(
    'The tool whose own table is kept up to date, when the whole history is applied. Default: none.',
    TOOL_LEDGER,
  ),
} as const;

const SERVICES = object(
  {
    tables: tables('The tables that it needs; --tables names others.'),
    alone: flag('The database is for this service only: smaller slices. Default: false.'),
    history: text('Which of the histories has its tables.'),
  },
  'A service, for --service.',
);

// Names of options, as the command line has them.
const KUBERNETES = object(
  {
    kubeconfig: text(
      'The kubeconfig file. Default: KUBECONFIG, ~/.kube/config, the service account of the pod.',
    ),
    context: text('The context of it. Default: the current one.'),
    namespace: text("Default: the context's."),
    postgresService: text('The service of the PostgreSQL. Default: postgres.'),
    pod: text('This pod instead of a service.'),
    selector: text('The pods with these labels instead of a service: app=postgres.'),
    port: text("The port of the service or pod, by number or name. Default: PostgreSQL's."),
    user: text("Who connects. Default: PGUSER, the pod's spec."),
    database: text("Default: PGDATABASE, the pod's spec."),
    passwordSecret: text('The Secret that holds the password: name/key.'),
  },
  'A PostgreSQL in a Kubernetes cluster.',
);

const TARGETS = object(
  {
    url: url('A URL or key=value string. Its password belongs into PGPASSWORD, ~/.pgpass or PLINTH_URL.'),
    embedded: text('The folder of an embedded PostgreSQL.'),
    kubernetes: { ...KUBERNETES, minProperties: 1 },
  },
  'A PostgreSQL, for --target: has one of these.',
);

/** The JSON Schema of plinth.json; `npm run docs` writes it to plinth.schema.json. */
export const SETTINGS_SCHEMA: Schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'plinth.json',
  ...object(
    {
      $schema: text('Where an editor finds this schema.'),
      ...HISTORY,
      history: text('The name of the history in the ledger. Default: main.', SERVICE[0].source),
      histories: byName('Several histories by name, in place of one; --history chooses.', {
        ...object(HISTORY, 'A history.'),
        required: ['migrations'],
      }),
      services: byName('The services of this repository, by name.', { ...SERVICES, required: ['tables'] }),
      targets: byName('PostgreSQLs, by name.', { ...TARGETS, minProperties: 1, maxProperties: 1 }),
      ledger: text('The schema of the ledger. Default: plinth.', IDENTIFIER[0].source),
      declared: tables('Tables that may ever be asked for on this database. Default: all.'),
      withPrelude: flag('Run the prelude in the target first. Default: false.'),
      missingRoles: choice(
        ['fail', 'create', 'skip'],
        'What to do about roles that the target lacks. Default: fail.',
      ),
      scratch: url('A scratch server to watch the history on. Default: an embedded one.'),
      timeout: text('Time for everything: 500ms, 30s, 2m. Default: 30s.', DURATION[0].source),
    },
    'What a repository always wants of Plinth. Paths count from the folder of the file.',
  ),
};
