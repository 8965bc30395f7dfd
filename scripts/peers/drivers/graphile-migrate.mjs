// graphile-migrate's own library: graphile-migrate.mjs URL FOLDER
import { migrate } from 'graphile-migrate';

const [connectionString, migrationsFolder] = process.argv.slice(2);
await migrate({ connectionString, migrationsFolder });
