import { writeCached } from '../../src/observe/cache.js';
import { createRandomObservation } from '../support/observations.js';

// Writes the same entries as the others that run beside it, again and again.
const [dir, rounds] = process.argv.slice(2);
for (let round = 0; round < Number(rounds); round += 1) {
  const observation = { ...createRandomObservation(round % 5), digest: `key${round % 5}` };
  await writeCached(dir!, observation, `meaning${round % 5}`, `from ${process.pid}`);
}
