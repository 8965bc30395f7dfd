import { fileURLToPath } from 'node:url';

/** The folder of the bundled history (goose): `workflows`, `workflow_versions` and `audit_events`. */
export const kubernautMigrations: string = fileURLToPath(new URL('./migrations', import.meta.url));
