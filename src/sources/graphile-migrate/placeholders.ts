import { getLineNumber } from '../lines.js';
import { getPsqlToken } from '../psql/tokens.js';
import type { MigrationDraft } from '../reader.js';
import type { ReadingDraft } from '../reading.js';

type Values = Readonly<Record<string, string>>;

// settings.ts. These two it always has, from its connection.
const PLACEHOLDER = /:([A-Z][A-Z0-9_]+)\b/g;
const RESERVED = ['DATABASE_NAME', 'DATABASE_OWNER'];

/**
 * Puts values in the place of `:NAME`, wherever it stands, as graphile-migrate does (slowGeneratePlaceholderReplacement
 * in migration.ts). Placeholders are the names that `.gmrc` has, those that are given, and those that stand where no SQL
 * could; one without a value is noted.
 */
export function withPlaceholders(
  migrations: readonly MigrationDraft[],
  known: ReadonlyMap<string, string | null>,
  given: Values,
  reading: Pick<ReadingDraft, 'addMissing'>,
): MigrationDraft[] {
  const names = new Set([
    ...RESERVED,
    ...known.keys(),
    ...Object.keys(given),
    ...migrations.flatMap(getBareNames),
  ]);
  return migrations.map((migration) => {
    const { text, regions, name: file } = migration;
    const start = regions[0]?.start ?? 0;
    const substitutions = [...text.slice(start).matchAll(PLACEHOLDER)].flatMap((match) => {
      const [source, name] = match as unknown as readonly [string, string];
      if (!names.has(name)) return [];
      const at = start + match.index;
      const value = Object.hasOwn(given, name) ? given[name]! : (known.get(name) ?? null);
      if (value !== null) return [{ start: at, end: at + source.length, text: value }];
      reading.addMissing(name, file, getLineNumber(text, at));
      return [];
    });
    return { ...migration, substitutions };
  });
}

/** The names that stand outside of quotes, comments and subscripts (`a[1:N]`). */
function getBareNames({ text, regions }: MigrationDraft): string[] {
  const names: string[] = [];
  let brackets = 0;
  for (let at = regions[0]?.start ?? 0; at < text.length; ) {
    const token = getPsqlToken(text, at);
    if (token.kind === 'open-bracket') brackets += 1;
    if (token.kind === 'close-bracket') brackets = Math.max(0, brackets - 1);
    if (token.kind === 'variable' && brackets === 0 && /^[A-Z][A-Z0-9_]+$/.test(token.name!))
      names.push(token.name!);
    at = token.end;
  }
  return names;
}
