import { renderIdentifier } from '../postgres/quote.js';
import type { QualifiedTable } from './tool.js';

export { renderIdentifier, renderLiteral } from '../postgres/quote.js';

/** The table as SQL has it, quoted. */
export const renderTable = ({ schema, table }: QualifiedTable): string =>
  `${renderIdentifier(schema)}.${renderIdentifier(table)}`;

/** How long the transaction of a migration has taken, in so many parts of a second. */
export const renderElapsed = (perSecond: number, type: string): string =>
  `(extract(epoch from pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp()) * ${perSecond})::${type}`;
