import { renderCount, renderList } from './measure.js';

/** What is added to a failure that has steps in code before it, the nearest first; empty where there are none. */
export function renderCodeStepsBefore(names: readonly string[]): string {
  if (names.length === 0) return '';
  const verbs = names.length === 1 ? ['stands', 'was'] : ['stand', 'were'];
  return `${renderCount(names.length, 'step')} in code ${verbs[0]} before it and ${verbs[1]} not run: ${renderList(names.toReversed(), 3)}`;
}
