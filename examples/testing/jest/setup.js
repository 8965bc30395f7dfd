import { startTesting } from 'plinth/testing';
import { options } from './options.js';

export default async function setup() {
  globalThis.testing = await startTesting(options);
}
