import type { State } from './store.js';

/** One view of the page, in its panel. */
export interface View {
  /** Brings the panel up to date; called when it is shown, and when the state changes while it is. */
  render(state: State, before: State | null): void;
  /** How many things it holds, for its tab; null where that says nothing. */
  getCount(state: State): number | null;
  /** Makes what is only made when it is looked at, for paper; gives back what undoes it. */
  prepareForPrint?(): () => void;
  /** Moves to the next statement, or the one before. */
  move?(step: 1 | -1): void;
}
