import type { Admin } from './admin.js';

/** Databases that stay for a whole measure, by the name of who uses them. */
export interface Databases {
  /** Its name; it is made, and filled, the first time. */
  get(name: string, fill: (database: string) => Promise<unknown>): Promise<string>;
  drop(): Promise<void>;
}

export function createDatabases(server: Pick<Admin, 'createDatabase' | 'dropDatabase'>): Databases {
  const made = new Map<string, string>();
  return {
    async get(name, fill) {
      const known = made.get(name);
      if (known !== undefined) return known;
      const database = await server.createDatabase();
      made.set(name, database);
      await fill(database);
      return database;
    },
    async drop() {
      for (const database of made.values()) await server.dropDatabase(database);
    },
  };
}
