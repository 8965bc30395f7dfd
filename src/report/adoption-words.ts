import { renderDifferences } from './difference-text.js';
import type { ErrorArgs } from './error-args.js';
import { renderList } from './measure.js';

interface Words {
  readonly message: string;
  readonly hint?: string;
}

const DIFFERENCES = 20;

/** What is said of tables that are there and that no ledger knows. */
export const ADOPTION_WORDS: {
  readonly [C in 'TABLE_EXISTS' | 'ADOPTED_AHEAD']: (args: ErrorArgs[C]) => Words;
} = {
  TABLE_EXISTS: (args) => {
    const { tables, differences = [], unclear = [], mixed = [], makers = [], asOf = [] } = args;
    const [is, it] = tables.length === 1 ? ['a table is', 'it'] : ['tables are', 'they'];
    const isCompared = differences.length + unclear.length + mixed.length > 0;
    const lines = [
      ...(differences.length > 0 ? [renderDifferences(differences, DIFFERENCES)] : []),
      ...unclear.map(({ name, reason }) => `  ${name} cannot be compared: ${reason}`),
      ...mixed.map(
        (place) => `  ${place} makes a part of what is there together with something that is missing`,
      ),
      ...asOf.map(
        ({ table, migration }) => `  ${table} is as ${migration} left it; what came later is missing`,
      ),
      ...makers.map(({ table, history }) => `  ${table} was made by the history ${history}`),
    ];
    const but =
      differences.length > 0 ? `, and not as the history leaves ${tables.length === 1 ? 'it' : 'them'}` : '';
    return {
      message: [
        `${is} in the database already and in no ledger${but}: ${renderList(tables, 20)}`,
        ...lines,
      ].join('\n'),
      hint: getHint({ isCompared, isOlder: asOf.length > 0, isUnclear: unclear.length > 0, it }),
    };
  },
  ADOPTED_AHEAD: ({ place, table, later }) => ({
    message: `${place} was written for ${table} as it was before ${later}; ${table} was adopted as it is after it`,
    hint: 'Let the tool that made the table run the rest, too, and have it adopted; or ask for that table only, with --alone. Nothing was changed.',
  }),
};

function getHint(about: {
  readonly isCompared: boolean;
  readonly isOlder: boolean;
  readonly isUnclear: boolean;
  readonly it: string;
}): string {
  const { isCompared, isOlder, isUnclear, it } = about;
  if (!isCompared) {
    return 'Something else made it. Use an empty database or schema, or drop the table first; nothing was changed.';
  }
  if (isUnclear) {
    return 'Nothing was changed. Give what the history needs to be watched (--scratch URL, --prelude FILE), or use an empty database or schema.';
  }
  const older = isOlder ? 'Let the tool that made it run the rest of the history, or ' : 'Either ';
  return `Nothing was changed. ${older}make ${it === 'it' ? 'it' : 'them'} as the history has ${it === 'it' ? 'it' : 'them'}, drop what can be made anew, or use an empty database or schema. plinth apply --adopt reports on every table.`;
}
