import { renderSuggestion } from './suggestion.js';

/** What is said of a word that a command does not take; the word itself is not repeated, as it may be a URL. */
export function renderExcess(
  command: string,
  word: string,
  below: readonly string[],
  takesTables: boolean,
): string {
  const suggestion = renderSuggestion(word, below);
  const tables = takesTables && suggestion === '' ? '; tables are named with --tables' : '';
  return `${command} takes no such argument${suggestion}${tables}`;
}

/** What is said of a command that there is not. */
export function renderUnknownCommand(word: string, known: readonly string[]): string {
  return `unknown command '${word}'${renderSuggestion(word, known)}`;
}
