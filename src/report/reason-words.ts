import type { Reason } from '../model/slice.js';

/** A reason as a chain that starts at a wanted table; empty where the whole history was asked for. */
export function renderReason({ why, chain }: Reason): string {
  const text = chain.join(' ← ');
  const withChain = (words: string): string => (text === '' ? words : `${text} (${words})`);
  switch (why) {
    case 'wanted':
      return text;
    case 'always':
      return withChain('always kept: session setting or default right');
    case 'order':
      return withChain('kept so that later requests still fit');
    case 'unobserved':
      return withChain('not observed: kept in case');
    case 'live':
      return withChain('for rows that are there already');
    case 'proof':
      return withChain('kept because of the proof: without it something came out otherwise');
    case 'again':
      return withChain('ran before its file changed');
    case 'all':
      return '';
  }
}
