import { parsePsqlArguments } from './arguments.js';
import { getPsqlAction, isWholeLine } from './commands.js';
import { runPsqlCopy } from './copy.js';
import { findIncludedFile, includePsqlFile } from './include.js';
import type { PsqlReading, PsqlScriptFile } from './reading.js';
import type { PsqlPlace } from './script.js';
import { runSetting } from './settings.js';
import { parsePsqlBoolean } from './variables.js';

const ADVICE = 'docs/formats.md lists the psql commands that are read; write it as SQL, or leave it out.';

/** Carries out the command at a place, with `readFile` for a file that it includes; gives the offset behind it. */
export async function runPsqlCommand(
  reading: PsqlReading,
  place: PsqlPlace,
  readFile: (file: PsqlScriptFile) => Promise<void>,
): Promise<number> {
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
    if (action.does === 'include') {
      await findIncludedFile(reading, `\\${name}`, parsed.values[0] ?? '', action.isRelative, null);
    }
    return end;
  }
  if (stretches.statement.isOpen && /^(?:include|copy|quit)$/.test(action.does)) {
    reject(`\\${name} in the middle of a statement`, 'End the statement before it with a semicolon.');
    return end;
  }
  if (draft.options.leavesOutCommand?.(name, parsed.values) === true) {
    stretches.cut(start, end);
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
        await includePsqlFile(
          reading,
          `\\${name}`,
          parsed.values[0] ?? '',
          action.isRelative,
          place,
          readFile,
        );
      }
      return end;
    case 'copy':
      await runPsqlCopy(reading, place, nameEnd, lineEnd);
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
  reading: PsqlReading,
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
