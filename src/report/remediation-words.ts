/** The steps of making the Remediation Orchestrator's cluster, as errors and the log name them. */
export const REMEDIATION_STEPS = {
  namespace: 'make the namespace',
  postgres: 'deploy PostgreSQL',
  migrations: 'apply migrations',
  controller: 'deploy the RO controller',
  deletion: 'delete the cluster',
} as const;

/** One line of the log: what is there now. */
export const REMEDIATION_LINES = {
  namespace: (name: string): string => `Namespace ${name} is there.`,
  postgres: (image: string): string => `PostgreSQL (${image}) is ready.`,
  controller: (image: string): string => `The RO controller (${image}) is ready.`,
  deleted: (name: string): string => `Namespace ${name} is gone, with all in it.`,
  absent: (name: string): string => `There was no namespace ${name}.`,
  kept: (name: string): string =>
    `What was made in namespace ${name} is gone; the namespace itself was there before, and stays.`,
} as const;

/** Why an image's name is not taken. */
export const renderImageProblem = (option: string, image: string): string =>
  `${option} must have a tag or digest that says what it is, and never latest: ${image}`;
