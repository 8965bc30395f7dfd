import { type OptionRow, row } from './row.js';

/** What is printed for a cluster. */
export const MANIFEST_ROWS: readonly OptionRow[] = [
  row(
    'Manifest',
    ['manifest', 'fleet'],
    'text',
    '--image <name>',
    'the image of Plinth, with a tag that is not latest',
    {
      decides: true,
    },
  ),
  row('Manifest', ['manifest'], 'text', '--style <how>', 'for kubectl, as a Helm hook, in Argo CD waves', {
    choices: ['plain', 'helm', 'argo'],
    default: 'plain',
    hiddenIn: ['manifest wait'],
  }),
  row(
    'Manifest',
    ['manifest', 'fleet'],
    'flag',
    '--migrations-in-image',
    'the image of Plinth has the migration folder, instead of a ConfigMap',
  ),
  row(
    'Manifest',
    ['manifest', 'fleet'],
    'text',
    '--migrations-image <name>',
    'an image volume of the migration folder alone, instead of a ConfigMap',
  ),
  row(
    'Manifest',
    ['manifest', 'fleet'],
    'text',
    '--ttl <time>',
    'how long a Job that ended stays, with its log',
    {
      default: '1h',
      hiddenIn: ['manifest wait'],
    },
  ),
  row('Manifest', ['manifest'], 'text', '--consumer <kind/name>', 'whose pods wait: deployment/orders', {
    decides: true,
    hiddenIn: ['manifest job'],
  }),
  row(
    'Manifest',
    ['fleet'],
    'text',
    '--service-account <name>',
    'the service account of the pods, which has its rights already',
    { default: 'one of its own, made and taken away' },
  ),
  row('Manifest', ['manifest'], 'text', '--service-account <name>', 'the service account of those pods', {
    default: 'default',
    hiddenIn: ['manifest job'],
  }),
];
