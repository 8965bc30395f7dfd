import { type GraphLayout, getGraphLayout, type NodeBox } from './graph-layout.js';

/** Lays out large graphs beside the page, so that it stays at hand meanwhile. */
export interface LayoutWorker {
  getLayout(request: LayoutRequest): Promise<GraphLayout>;
}

/** What `getGraphLayout` takes. */
export type LayoutRequest = readonly [
  boxes: readonly NodeBox[],
  edges: readonly (readonly [from: string, to: string])[],
  width: number,
];

/** Answers the page's requests; called where the page's own script runs as a worker. */
export function serveLayouts(): void {
  addEventListener('message', ({ data }: MessageEvent<LayoutRequest>) => {
    postMessage(getGraphLayout(...data));
  });
}

/** Starts a worker of the page's own script, `source`; where there can be none, the page does the work itself. */
export function createLayoutWorker(source: string): LayoutWorker {
  const create = (): Worker | null => {
    try {
      return new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
    } catch {
      return null;
    }
  };
  return {
    getLayout: (request) =>
      new Promise((resolve) => {
        const worker = create();
        const end = (layout: GraphLayout): void => {
          worker?.terminate();
          resolve(layout);
        };
        if (worker === null) return end(getGraphLayout(...request));
        worker.addEventListener('message', ({ data }: MessageEvent<GraphLayout>) => end(data));
        worker.addEventListener('error', () => end(getGraphLayout(...request)));
        worker.postMessage(request);
      }),
  };
}
