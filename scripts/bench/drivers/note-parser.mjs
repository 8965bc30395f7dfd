// Loaded with --import: says at the end of the process whether the parser of SQL was loaded.
import { register } from 'node:module';
import { MessageChannel } from 'node:worker_threads';

const { port1, port2 } = new MessageChannel();
let isLoaded = false;
port1.on('message', () => {
  isLoaded = true;
});
port1.unref();
const hooks = `let port;
export const initialize = (given) => { port = given; };
export async function resolve(specifier, context, next) {
  if (specifier.includes('libpg-query')) port.postMessage('loaded');
  return next(specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`, { data: port2, transferList: [port2] });
process.on('exit', () => process.stderr.write(`\nparser loaded: ${isLoaded ? 'yes' : 'no'}\n`));
