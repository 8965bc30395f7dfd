import { startTesting } from 'plinth/testing';
import { options } from './options.js';

export default async function setup() {
  const testing = await startTesting(options);
  return () => testing.stop();
}
