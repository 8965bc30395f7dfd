/** What the reader chose to see. */
export interface State {
  readonly view: ViewName;
  /** Chosen tables, as `schema.name`, in the order of the history's list. */
  readonly chosen: readonly string[];
  /** As with `--alone`: without room for later requests. */
  readonly alone: boolean;
  /** What is searched for among the tables. */
  readonly tableSearch: string;
  /** What is searched for among the statements. */
  readonly statementSearch: string;
  /** The table whose particulars are shown. */
  readonly focus: string | null;
}

export const VIEWS = ['graph', 'slice', 'left-out', 'services', 'changes'] as const;
export type ViewName = (typeof VIEWS)[number];

/** Holds the state and tells of its changes. */
export interface Store {
  readonly state: State;
  set(change: Partial<State>): void;
  toggle(table: string): void;
  subscribe(listener: (state: State, before: State) => void): void;
}

/** Makes a store whose choice stands in the address, so that it can be kept and sent. `order` is that of the tables. */
export function createStore(order: readonly string[], chosen: readonly string[]): Store {
  const first: State = {
    view: 'graph',
    chosen,
    alone: false,
    tableSearch: '',
    statementSearch: '',
    focus: null,
  };
  const listeners: ((state: State, before: State) => void)[] = [];
  let state = { ...first, ...readAddress(location.hash, order) };
  const set = (change: Partial<State>): void => {
    const before = state;
    state = { ...state, ...change };
    const address = renderAddress(state);
    if (address !== location.hash) history.replaceState(null, '', address === '' ? '#' : address);
    for (const listener of listeners) listener(state, before);
  };
  addEventListener('hashchange', () => set({ ...first, ...readAddress(location.hash, order) }));
  return {
    get state() {
      return state;
    },
    set,
    toggle: (table) => {
      const chosen = new Set(state.chosen);
      if (!chosen.delete(table)) chosen.add(table);
      set({ chosen: order.filter((name) => chosen.has(name)) });
    },
    subscribe: (listener) => void listeners.push(listener),
  };
}

function readAddress(hash: string, order: readonly string[]): Partial<State> {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const view = VIEWS.find((name) => name === words.get('view'));
  const chosen = new Set(words.getAll('table'));
  const tables = order.filter((name) => chosen.has(name));
  return {
    ...(view === undefined ? {} : { view }),
    ...(tables.length === 0 ? {} : { chosen: tables }),
    ...(words.has('alone') ? { alone: true } : {}),
  };
}

function renderAddress({ view, chosen, alone }: State): string {
  const words = new URLSearchParams();
  if (view !== 'graph') words.set('view', view);
  for (const table of chosen) words.append('table', table);
  if (alone) words.set('alone', '');
  const text = words.toString();
  return text === '' ? '' : `#${text}`;
}
