import type { FolderListing } from '../reader.js';
import { createPsqlConditions } from './conditions.js';
import { addPsqlToken } from './expansion.js';
import type { PsqlReading, PsqlScriptFile } from './reading.js';
import { runPsqlCommand } from './run-command.js';
import { createPsqlDraft, type PsqlOptions, type PsqlPlace, type PsqlScript } from './script.js';
import { createPsqlStatement } from './statement.js';
import { createPsqlStretches } from './stretches.js';
import { getPsqlToken } from './tokens.js';

// A backslash, a variable, or rows behind a COPY; without any of them psql sends a file as it stands.
const PSQL = /\\|(?<!:):['"{\w\u0080-\uffff]|\bcopy\b/i;

/** Reads a script as `psql --file` would, without a server. */
export async function readPsqlScript(
  path: string,
  text: string,
  files: FolderListing,
  options: PsqlOptions,
): Promise<PsqlScript> {
  const draft = createPsqlDraft(files, options);
  if (options.leavesOutStatement === undefined && !PSQL.test(text)) {
    draft.regions.push({ start: draft.addFile(path, text), end: text.length });
    return draft.finish();
  }
  await readFile({ draft, path, text, base: draft.addFile(path, text), chain: [path] });
  return draft.finish();
}

async function readFile(file: PsqlScriptFile): Promise<void> {
  const { draft, path, text, base } = file;
  const stretches = createPsqlStretches(draft, text, base);
  const reading: PsqlReading = { ...file, stretches, conditions: createPsqlConditions(), idleFrom: 0 };
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
      at = await runPsqlCommand(reading, getPlace(at), readFile);
      continue;
    }
    at = token.end;
    if (!reading.conditions.isActive) continue;
    const isBeginning = token.kind === 'word' && !stretches.statement.isOpen;
    if (isBeginning && draft.options.leavesOutStatement?.(text, token.start) === true) {
      at = getStatementEnd(text, token.start);
      stretches.cut(token.start, at);
      continue;
    }
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

function getStatementEnd(text: string, start: number): number {
  const statement = createPsqlStatement();
  for (let at = start; at < text.length; ) {
    const { kind, end } = getPsqlToken(text, at);
    if (statement.add(kind, text.slice(at, end))) return end;
    at = end;
  }
  return text.length;
}
