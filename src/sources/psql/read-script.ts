import type { FolderListing } from '../reader.js';
import { parsePsqlArguments } from './arguments.js';
import { getPsqlAction, isWholeLine, type PsqlAction } from './commands.js';
import { createPsqlConditions, type PsqlConditions } from './conditions.js';
import { addPsqlToken } from './expansion.js';
import { getIncludePaths } from './include-path.js';
import {
  createPsqlDraft,
  getIncludedText,
  type PsqlDraft,
  type PsqlPlace,
  type PsqlScript,
} from './script.js';
import { runSetting } from './settings.js';
import { createPsqlStretches, type PsqlStretches } from './stretches.js';
import { getPsqlToken } from './tokens.js';
import { parsePsqlBoolean } from './variables.js';

const ADVICE = 'docs/formats.md lists the psql commands that are read; write it as SQL, or leave it out.';

// A backslash, a variable, or rows behind a COPY; without any of them psql sends a file as it stands.
const PSQL = /\\|(?<!:):['"{\w\u0080-\uffff]|\bcopy\b/i;

/** Reads a script as `psql --file` would, without a server; `given` are the variables as of `psql --set`. */
export async function readPsqlScript(
  path: string,
  text: string,
  files: FolderListing,
  given: Readonly<Record<string, string>>,
): Promise<PsqlScript> {
  const draft = createPsqlDraft(files, given);
  if (!PSQL.test(text)) {
    draft.regions.push({ start: draft.addFile(path, text), end: text.length });
    return draft.finish();
  }
  await readFile({ draft, path, text, base: draft.addFile(path, text), chain: [path] });
  return draft.finish();
}

interface ScriptFile {
  readonly draft: PsqlDraft;
  readonly path: string;
  readonly text: string;
  readonly base: number;
  /** The files that include each other up to this one. */
  readonly chain: readonly string[];
}

/** One file while it is read. */
interface Reading extends ScriptFile {
  readonly stretches: PsqlStretches;
  readonly conditions: PsqlConditions;
  /** Where the commands began behind which nothing runs. */
  idleFrom: number;
}

async function readFile(file: ScriptFile): Promise<void> {
  const { draft, path, text, base } = file;
  const stretches = createPsqlStretches(draft, text, base);
  const reading: Reading = { ...file, stretches, conditions: createPsqlConditions(), idleFrom: 0 };
  const getPlace = (offset: number): PsqlPlace => ({ file: path, text, offset });
  let at = 0;
  while (at <= text.length) {
    const rows = stretches.skipRows(at);
    if (rows !== null) {
      const problem = 'the rows of a COPY … FROM STDIN stand in the middle of a statement';
      if (!rows.isWhole) draft.reject(getPlace(at), problem, 'Begin the statement behind the rows.');
      at = rows.next;
      continue;
    }
    if (at === text.length) break;
    const token = getPsqlToken(text, at);
    if (token.kind === 'command') {
      at = await runCommand(reading, getPlace(at));
      continue;
    }
    at = token.end;
    if (!reading.conditions.isActive) continue;
    if (token.name === undefined && token.kind !== 'escaped') {
      stretches.add(token.kind, text.slice(token.start, at), at);
    } else addPsqlToken(draft, stretches, getPlace(token.start), token);
  }
  // psql sends what is left at the end of a file.
  if (stretches.statement.isOpen) stretches.endStatement(text.length);
  stretches.cut(text.length, text.length);
  if (at === text.length && reading.conditions.isOpen) {
    draft.reject(
      getPlace(text.length),
      '\\if without \\endif',
      'End the block in the file in which it begins.',
    );
  }
}

/** Carries out the command at a place; gives the offset behind it. */
async function runCommand(reading: Reading, place: PsqlPlace): Promise<number> {
  const { draft, text, stretches, conditions } = reading;
  const start = place.offset;
  const name = /^[^ \t\r\n\f\v\\]*/.exec(text.slice(start + 1, start + 65))![0];
  const nameEnd = start + 1 + name.length;
  const feed = text.indexOf('\n', start);
  const lineEnd = feed === -1 ? text.length : feed;
  const action = getPsqlAction(name);
  const parsed = parsePsqlArguments(text, nameEnd, draft.variables);
  const end = isWholeLine(name) ? lineEnd : parsed.end;
  const reject = (problem: string, advice = ADVICE): void => draft.reject(place, problem, advice);

  if (action.does === 'condition') {
    runCondition(reading, action.part, place, end, parsed.values.join(' '), [
      ...parsed.missing.strict,
      ...parsed.missing.plain,
    ]);
    return end;
  }
  if (!conditions.isActive) {
    if (action.does === 'include') await getIncludedPath(reading, parsed.values[0] ?? '', action);
    return end;
  }
  if (stretches.statement.isOpen && /^(?:include|copy|quit)$/.test(action.does)) {
    reject(`\\${name} in the middle of a statement`, 'End the statement before it with a semicolon.');
    return end;
  }
  const isSilent = action.does === 'talk' || action.does === 'refuse' || action.does === 'copy';
  if (!isSilent && parsed.problem !== null) reject(`\\${name} has ${parsed.problem}`);
  if (!isSilent) for (const missing of parsed.missing.strict) draft.addMissing(missing, place);

  switch (action.does) {
    case 'include':
      stretches.cut(start, end);
      for (const missing of parsed.missing.plain) draft.addMissing(missing, place);
      if (parsed.missing.plain.length === 0 && parsed.missing.strict.length === 0) {
        await include(reading, parsed.values[0] ?? '', action, place);
      }
      return end;
    case 'copy':
      if (!isCopyFromStdin(text.slice(nameEnd, lineEnd))) {
        const advice =
          'Put the rows behind it (\\copy … from stdin, then the rows, then a line \\.), or write INSERTs.';
        reject('\\copy reads or writes a file of whoever runs psql', advice);
        stretches.cut(start, lineEnd);
      } else stretches.addCopy(start, nameEnd, lineEnd);
      return lineEnd;
    case 'send':
      if (parsed.values.length > 0) reject(`\\${name} has arguments`);
      if (stretches.statement.isOpen) {
        stretches.substitute(start, end, ';');
        stretches.endStatement(end);
      } else {
        reject(`\\${name} runs the statement before it again`);
        stretches.cut(start, end);
      }
      return end;
    case 'quit':
      stretches.cut(start, text.length);
      // Beyond the end: what is open need not be closed.
      return text.length + 1;
    case 'refuse':
      reject(`psql's \\${name} cannot be carried out: ${action.why}`);
      break;
    default: {
      const problem = runSetting(draft, place, action, name, parsed.values);
      if (problem !== null) reject(problem);
    }
  }
  stretches.cut(start, end);
  return end;
}

function runCondition(
  reading: Reading,
  part: 'if' | 'elif' | 'else' | 'endif',
  place: PsqlPlace,
  end: number,
  expression: string,
  missing: readonly string[],
): void {
  const { draft, stretches, conditions } = reading;
  const wasActive = conditions.isActive;
  const problem = conditions.take(part, () => {
    for (const name of missing) draft.addMissing(name, place);
    const value = parsePsqlBoolean(expression);
    if (value === null && missing.length === 0) {
      const words = `\\${part} wants true or false, not ${JSON.stringify(expression)}`;
      draft.reject(place, words, 'psql takes true, false, yes, no, on, off, 1 and 0.');
    }
    return value === true;
  });
  if (problem !== null) draft.reject(place, problem, 'psql refuses this, too.');
  if (wasActive && !conditions.isActive) reading.idleFrom = place.offset;
  else if (conditions.isActive) stretches.cut(wasActive ? place.offset : reading.idleFrom, end);
}

/** The path of an included file in the folder, noted as such; null where there is none. */
async function getIncludedPath(
  { draft, path }: Reading,
  name: string,
  { isRelative }: Extract<PsqlAction, { does: 'include' }>,
): Promise<string | null> {
  if (name === '') return null;
  for (const found of getIncludePaths(name, path, isRelative, draft.files.location)) {
    if (!(await draft.files.has(found))) continue;
    draft.references.add(found);
    return found;
  }
  return null;
}

async function include(
  reading: Reading,
  name: string,
  action: Extract<PsqlAction, { does: 'include' }>,
  place: PsqlPlace,
): Promise<void> {
  const { draft, path, chain } = reading;
  const command = action.isRelative ? '\\ir' : '\\i';
  const found = await getIncludedPath(reading, name, action);
  if (found === null) {
    const isOutside =
      name !== '' && getIncludePaths(name, path, action.isRelative, draft.files.location).length === 0;
    draft.reject(
      place,
      isOutside
        ? `${command} ${name} leads out of the folder`
        : `${command} ${name === '' ? 'names no file' : `${name}: there is no such file`}`,
      'Included files must lie in the folder that is read; give the one that holds them all.',
    );
    return;
  }
  if (chain.includes(found)) {
    const way = [...chain.slice(chain.indexOf(found)), found].join(' → ');
    draft.reject(place, `${command} ${name} goes round in a circle: ${way}`, 'psql would not end, either.');
    return;
  }
  const text = await getIncludedText(draft, found);
  if (text === null) return;
  await readFile({ draft, path: found, text, base: draft.addFile(found, text), chain: [...chain, found] });
}

/** True for the rest of a line `\copy t (a, b) from stdin …`. */
function isCopyFromStdin(line: string): boolean {
  let depth = 0;
  let isFrom = false;
  for (let at = 0; at < line.length; ) {
    const token = getPsqlToken(line, at);
    const word = token.kind === 'word' ? line.slice(token.start, token.end).toLowerCase() : '';
    at = token.end;
    if (token.kind === 'blank') continue;
    if (isFrom) return word === 'stdin';
    if (token.kind === 'open') depth += 1;
    if (token.kind === 'close') depth -= 1;
    isFrom = depth === 0 && word === 'from';
  }
  return false;
}
