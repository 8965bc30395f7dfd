import type { VerifyResult } from '../model/verification.js';
import { renderDifferences } from './difference-text.js';
import { renderCount, renderDuration, renderList } from './measure.js';
import { renderLine } from './ndjson.js';
import { NOT_PROVEN } from './proof-words.js';

/** How a database compares with what the history leaves: a sentence, and all differences. */
export function renderVerification(result: VerifyResult): string {
  const { differences, checked, tables, elapsedMs } = result;
  const scope = `${renderCount(checked, 'object')} of ${renderList(tables)} (${renderDuration(elapsedMs)})`;
  const text = result.ok
    ? `All is as the history leaves it: compared ${scope}.`
    : `${renderCount(differences.length, 'difference')}, comparing ${scope}:\n${renderDifferences(differences)}`;
  return result.proof === 'stale' ? `${text}\n${NOT_PROVEN}` : text;
}

/** The last line of `plinth verify --json`. */
export function renderVerificationJson(result: VerifyResult): string {
  return renderLine({ type: 'verified', result });
}
