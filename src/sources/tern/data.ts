import { getLines } from '../lines.js';

/** The section `[data]` of a `tern.conf`, without what its own template would have to compute. */
export function parseTernData(text: string): Record<string, string> {
  const data: Record<string, string> = {};
  let section = '';
  for (const { text: line } of getLines(text)) {
    const trimmed = line.trim();
    const head = /^\[([^\]]*)\]$/.exec(trimmed)?.[1];
    if (head !== undefined) section = head.trim();
    const [, key, value] = /^([^=#;][^=]*)=(.*)$/.exec(trimmed) ?? [];
    if (section !== 'data' || key === undefined || value === undefined || value.includes('{{')) continue;
    data[key.trim()] = value.trim();
  }
  return data;
}
