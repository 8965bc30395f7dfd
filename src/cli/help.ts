import { EXIT_CODES } from './exit-codes.js';
import { type CommandName, getRows } from './option-table.js';
import { getVariable } from './options/row.js';

type SubcommandName = 'cache clear' | 'fleet work' | 'kubernaut verify' | 'manifest job' | 'manifest wait';

/** One sentence on each command. */
export const COMMAND_TEXTS: Readonly<Record<CommandName | SubcommandName, string>> = {
  plan: 'Print what apply would run, statement by statement with its reason, and what is left out.',
  apply: 'Bring the tables, with all they stand on, into a PostgreSQL; a second run finds nothing to do.',
  verify:
    'Compare a PostgreSQL with what the history leaves, for the tables and all they stand on; nothing is written.',
  wait: 'Wait until the tables, with all they stand on, are as the history leaves them.',
  prove:
    'Prove the slice of every table and write plinth.lock.json beside the history; with --check say whether it fits.',
  tables: 'List the tables of a history, each with the number of statements that it needs.',
  report:
    'Write a page to look at: what stands on what, slices with their reasons, who uses what, and what changed.',
  status:
    'Tell what Plinth has to do with a database: histories, tables, services, runs, and who holds the lock.',
  unlock: 'Tell who holds the lock and what ends that session; with --yes, end it.',
  doctor:
    'Tell what is in the way to a PostgreSQL, from the kubeconfig to what a run needs of it; nothing is changed.',
  cache: 'Show the observations that are kept.',
  init: 'Write a plinth.json from the migration folder that is recognized here or below.',
  completion: 'Print the script with which bash, zsh or fish completes the command line.',
  kubernaut:
    "Bring that project's tables into the PostgreSQL of a namespace, by its names (service postgres, user slm_user, database action_history).",
  'kubernaut verify': "Compare that project's tables in a namespace with what its history leaves.",
  fleet:
    'Apply to many databases of a cluster by Jobs in it, and tell what became of each; a rerun asks only those that are left.',
  'fleet work': 'What the pods of a fleet run.',
  manifest:
    'Print what applies, or waits, inside of a cluster: a Job or an init container, with all it needs.',
  'manifest job': 'Print a Job that applies, with its account, rights and migration folder.',
  'manifest wait':
    'Print an init container that waits for the tables, with its rights and the migration folder, as a patch of the consumer.',
  'cache clear': 'Remove the observations that are kept.',
};

/** Commands that programs run, and nobody types. */
export const HIDDEN_COMMANDS: ReadonlySet<string> = new Set(['fleet work']);

const EXAMPLES: Readonly<Record<CommandName, readonly (readonly [string, string])[]>> = {
  plan: [
    ['for an empty database', 'plan --migrations db/migrations --tables audit_events'],
    [
      'against what is there already',
      'plan -m db/migrations -t orders,order_items --url postgres://app@db/app',
    ],
    ['for a program', 'plan -m db/migrations -t audit_events --json'],
  ],
  apply: [
    ['one table and all it stands on', 'apply -m db/migrations -t audit_events --url postgres://app@db/app'],
    ['the whole history, to $DATABASE_URL', 'apply -m db/migrations'],
    ['what it would do, changing nothing', 'apply -m db/migrations -t audit_events --dry-run'],
    ['what of a database that another tool made is as it should be', 'apply -m db/migrations --adopt'],
    ['a test database of its own', "apply -m db/migrations -t 'audit_*' --alone --embedded .postgres"],
  ],
  verify: [
    ['one table and all it stands on', 'verify -m db/migrations -t audit_events --url postgres://app@db/app'],
    ['for as long as the tests run', 'verify -m db/migrations -t audit_events --for 10m --every 2s'],
  ],
  wait: [['before a consumer starts', 'wait -m db/migrations -t audit_events --timeout 2m']],
  prove: [
    ['after each new migration, by the owner of the folder', 'prove --migrations db/migrations'],
    ['in CI: does the lock file still fit?', 'prove --migrations db/migrations --check'],
  ],
  tables: [['', 'tables --migrations db/migrations']],
  report: [
    ['', 'report -m db/migrations --html report.html --open'],
    [
      'with the services that use the tables',
      'report -m db/migrations --html report.html --url postgres://app@db/app',
    ],
    ['what a pull request changes', 'report -m db/migrations --html report.html --against base.lock.json'],
  ],
  status: [
    ['', 'status --url postgres://app@db/app'],
    ['and how the folder differs from the ledger', 'status -m db/migrations --url postgres://app@db/app'],
  ],
  unlock: [
    ['', 'unlock --url postgres://app@db/app'],
    ['end the session that was told', 'unlock --yes --pid 4711 --url postgres://app@db/app'],
  ],
  doctor: [
    ['', 'doctor --namespace kubernaut-system'],
    ['', 'doctor --url postgres://app@db/app'],
    ['for a program', 'doctor --target e2e --json'],
  ],
  init: [
    ['', 'init'],
    ['where there are several', 'init --migrations db/migrations'],
  ],
  completion: [
    [
      'with the package bash-completion',
      'completion bash > ~/.local/share/bash-completion/completions/plinth',
    ],
    ['in a folder of $fpath', 'completion zsh > ~/.zsh/completions/_plinth'],
    ['', 'completion fish > ~/.config/fish/completions/plinth.fish'],
  ],
  kubernaut: [
    ['audit_events, with the partitions of now', 'kubernaut --namespace kubernaut-system -t audit_events'],
    ["the project's own folder", 'kubernaut --namespace kubernaut-system -m migrations -t audit_events'],
    ['', 'kubernaut verify --namespace kubernaut-system -t audit_events'],
  ],
  fleet: [
    [
      'those of a list, two of a hundred first',
      'fleet -m db/migrations -t orders --targets tenants.txt --canary 2% --namespace fleets --image registry/plinth:1.0.0 --user app --password-secret postgres/password',
    ],
    [
      'all of one server',
      "fleet -m db/migrations --postgres-service postgres --database 'tenant_*' --namespace shop --image registry/plinth:1.0.0 --user app --password-secret postgres/password",
    ],
    [
      'those whose Secrets have a label',
      'fleet -m db/migrations --selector tier=tenant --target-kind secrets --target-namespaces "*" --namespace fleets --image registry/plinth:1.0.0',
    ],
  ],
  manifest: [
    [
      'a Job, for kubectl apply --server-side -f -',
      'manifest job -m db/migrations -t orders --namespace shop --image registry/plinth:1.0.0 --password-secret postgres/password',
    ],
    [
      'a consumer that waits for it',
      'manifest wait -m db/migrations -t orders --namespace shop --image registry/plinth:1.0.0 --password-secret postgres/password --consumer deployment/orders',
    ],
  ],
  cache: [
    ['', 'cache'],
    ['', 'cache clear'],
  ],
};

/** The examples of a command as its help shows them. */
export function renderExamples(program: string, command: CommandName): string {
  const lines = EXAMPLES[command].flatMap(([text, line]) => [
    ...(text === '' ? [] : [`  # ${text}`]),
    `  ${program} ${line}`,
  ]);
  return `\nExamples:\n${lines.join('\n')}`;
}

/** The variables of a command as its help shows them. */
export function renderVariables(command: CommandName): string {
  const names = getRows(command)
    .filter(({ hiddenIn }) => hiddenIn?.includes(command) !== true)
    .map(getVariable);
  if (names.length === 0) return '';
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last === undefined || last.length + name.length > 96) lines.push(`  ${name}`);
    else lines[lines.length - 1] = `${last}, ${name}`;
  }
  return `\nEnvironment (where the option is not given; flags are true or false):\n${lines.join(',\n')}`;
}

/** The exit codes as the help shows them. */
export function renderExitCodes(): string {
  const lines = Object.entries(EXIT_CODES).map(([code, text]) => `  ${code.padStart(3)}  ${text}`);
  return `\nExit codes:\n${lines.join('\n')}`;
}

/** What stands below the commands in the top-level help. */
export function renderProgramExamples(program: string): string {
  return [
    '\nExamples:',
    `  ${program} tables --migrations db/migrations`,
    `  ${program} plan   --migrations db/migrations --tables audit_events`,
    `  ${program} apply  --migrations db/migrations --tables audit_events --url postgres://app@db/app`,
  ].join('\n');
}
