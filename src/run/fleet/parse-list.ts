import { loadYaml } from '../../cluster/kubernetes-client.js';
import { parseSecretKey, type SecretKey } from '../../model/fleet.js';
import { FLEET_PROBLEMS as WORDS } from '../../report/fleet-words.js';

/** A database as a list has it; null: the default counts. */
export interface Entry {
  readonly line: number | null;
  readonly namespace: string | null;
  readonly url: SecretKey | null;
  readonly service: string | null;
  readonly port: number | null;
  /** A name, or a pattern with `*`. */
  readonly database: string | null;
  readonly user: string | null;
  readonly password: SecretKey | null;
}

export interface Problem {
  readonly line: number | null;
  readonly message: string;
}

/** What a list says, and all that is wrong with it. */
export interface ParsedList {
  readonly entries: readonly Entry[];
  readonly problems: readonly Problem[];
}

const NAME = '[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?';
const SECRET_LINE = new RegExp(`^(?:(${NAME})/)?secret:(${NAME})(?:/([-._a-zA-Z0-9]+))?$`);
const SERVICE_LINE = new RegExp(`^(?:(${NAME})/)?(${NAME})(?::(\\d{1,5}))?/([^/\\s]+)$`);
const SECRET_KEY = /^[a-z0-9][-a-z0-9.]*\/[-._a-zA-Z0-9]+$/;
const EMPTY = {
  namespace: null,
  url: null,
  service: null,
  port: null,
  database: null,
  user: null,
  password: null,
};

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
const isName = (value: unknown): boolean => typeof value === 'string' && new RegExp(`^${NAME}$`).test(value);
const isSecretKey = (value: unknown): boolean => typeof value === 'string' && SECRET_KEY.test(value);
const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536;
const KEYS: Readonly<Record<string, readonly [isRight: (value: unknown) => boolean, words: string]>> = {
  namespace: [isName, 'the name of a namespace'],
  service: [isName, 'the name of a service'],
  port: [isPort, 'a port number'],
  database: [isText, 'the name of a database, or a pattern such as tenant_*'],
  user: [isText, 'the name of a user'],
  passwordSecret: [isSecretKey, 'NAME/KEY of a Secret'],
  urlSecret: [isSecretKey, 'NAME/KEY of a Secret'],
};
const DEFAULTS = ['namespace', 'service', 'port', 'user', 'passwordSecret'];

/** Reads a list of databases: a line for each, YAML or JSON. `urlKey` is the key of a Secret of which only the name is said. */
export function parseList(text: string, urlKey: string): ParsedList {
  return isYaml(text) ? parseYaml(text, urlKey) : parseLines(text, urlKey);
}

const isYaml = (text: string): boolean =>
  /^\s*([[{]|(targets|defaults):|- |---)/m.test(text.replace(/^\s*#.*$/gm, ''));

function parseLines(text: string, urlKey: string): ParsedList {
  const problems: Problem[] = [];
  const entries = text.split(/\r?\n/).flatMap((content, index) => {
    const words = content.replace(/(^|\s)#.*$/, '').trim();
    return words === '' ? [] : parseLine(words, index + 1, urlKey, problems);
  });
  return { entries, problems };
}

function parseLine(text: string, line: number | null, urlKey: string, problems: Problem[]): Entry[] {
  const secret = SECRET_LINE.exec(text);
  if (secret !== null) {
    const [, namespace = null, name, key = urlKey] = secret;
    return [{ ...EMPTY, line, namespace, url: { name: name!, key } }];
  }
  const service = SERVICE_LINE.exec(text);
  if (service !== null) {
    const [, namespace = null, name, port, database] = service;
    return [
      {
        ...EMPTY,
        line,
        namespace,
        service: name!,
        port: port === undefined ? null : Number(port),
        database: database!,
      },
    ];
  }
  problems.push({ line, message: WORDS.line(text) });
  return [];
}

function parseYaml(text: string, urlKey: string): ParsedList {
  const lines: number[] = [];
  const places = new WeakMap<object, number>();
  const texts: { readonly text: string; readonly line: number }[] = [];
  let root: unknown;
  try {
    root = loadYaml(text, {
      listener(event, state) {
        if (event === 'open') lines.push(state.line + 1);
        else {
          const line = lines.pop();
          if (typeof state.result === 'object' && state.result !== null) places.set(state.result, line!);
          if (typeof state.result === 'string') texts.push({ text: state.result, line: line! });
        }
      },
    });
  } catch (error) {
    const { mark, reason } = error as { readonly mark?: { readonly line: number }; readonly reason?: string };
    const line = mark === undefined ? null : mark.line + 1;
    return { entries: [], problems: [{ line, message: WORDS.unreadable(reason ?? String(error)) }] };
  }
  const problems: Problem[] = [];
  const fields = isRecord(root) ? root : null;
  const list = fields === null ? root : fields['targets'];
  const first = fields === null ? 1 : (places.get(fields) ?? 1);
  if (fields !== null) checkKeys(fields, ['defaults', 'targets'], first, problems);
  const given = fields?.['defaults'];
  if (!Array.isArray(list) || (given !== undefined && !isRecord(given))) {
    problems.push({ line: first, message: WORDS.shape() });
    return { entries: [], problems };
  }
  const defaults: Fields = given ?? {};
  if (given !== undefined) checkFields(defaults, DEFAULTS, places.get(defaults) ?? first, problems);
  const entries = list.flatMap((item: unknown): Entry[] => {
    if (typeof item === 'string') {
      // In the order in which they were read.
      const at = texts.findIndex(({ text }) => text === item);
      const [place] = texts.splice(0, at + 1).slice(-1);
      return parseLine(item, place?.line ?? null, urlKey, problems).map((entry) =>
        withDefaults(entry, defaults),
      );
    }
    if (!isRecord(item)) {
      problems.push({ line: null, message: WORDS.line(String(item)) });
      return [];
    }
    const line = places.get(item) ?? null;
    checkFields(item, Object.keys(KEYS), line, problems);
    return [withDefaults(readEntry(item, line), defaults)];
  });
  return { entries, problems };
}

type Fields = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readEntry(fields: Fields, line: number | null): Entry {
  const get = (key: string): string | null => (KEYS[key]![0](fields[key]) ? (fields[key] as string) : null);
  const getSecret = (key: string): SecretKey | null => {
    const text = get(key);
    return text === null ? null : parseSecretKey(text);
  };
  return {
    line,
    namespace: get('namespace'),
    url: getSecret('urlSecret'),
    service: get('service'),
    port: isPort(fields['port']) ? Number(fields['port']) : null,
    database: get('database'),
    user: get('user'),
    password: getSecret('passwordSecret'),
  };
}

function withDefaults(entry: Entry, defaults: Fields): Entry {
  const { namespace, password, port, service, user } = readEntry(defaults, null);
  return {
    ...entry,
    namespace: entry.namespace ?? namespace,
    // One with a URL is of no service.
    service: entry.service ?? (entry.url === null ? service : null),
    port: entry.port ?? port,
    user: entry.user ?? user,
    password: entry.password ?? password,
  };
}

function checkFields(
  fields: Fields,
  known: readonly string[],
  line: number | null,
  problems: Problem[],
): void {
  checkKeys(fields, known, line, problems);
  for (const key of known) {
    const value = fields[key];
    const [isRight, words] = KEYS[key]!;
    if (value !== undefined && !isRight(value)) problems.push({ line, message: WORDS.wrong(key, words) });
  }
}

function checkKeys(fields: Fields, known: readonly string[], line: number | null, problems: Problem[]): void {
  for (const key of Object.keys(fields)) {
    if (!known.includes(key)) problems.push({ line, message: WORDS.unknownKey(key, known) });
  }
}
