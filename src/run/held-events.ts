import type { OnEvent } from '../model/event.js';

/** Events that are kept back until they may be told. */
export interface HeldEvents {
  readonly onEvent: OnEvent;
  /** Tells what was kept, in its order; from now on nothing is kept. */
  release(): void;
}

/** What happens is told later, so that what goes on at once is told one after the other. */
export function createHeldEvents(tell: OnEvent = () => {}): HeldEvents {
  let held: Parameters<OnEvent>[0][] | null = [];
  return {
    onEvent: (event) => {
      if (held === null) tell(event);
      else held.push(event);
    },
    release() {
      const events = held ?? [];
      held = null;
      for (const event of events) tell(event);
    },
  };
}
