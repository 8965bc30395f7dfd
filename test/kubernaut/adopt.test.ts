import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApplyOptions, apply, TableExistsError } from '../../src/index.js';
import { getApplyOptions, kubernautMigrations } from '../../src/kubernaut/options.js';
import { createDirectoryFolder } from '../../src/sources/folder.js';
import { readHistory } from '../../src/sources/read-history.js';
import { type RunServer, startRunServer } from '../support/run-database.js';

let server: RunServer;
let url: string;
beforeAll(async () => {
  server = await startRunServer();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  url = await server.createDatabase();
});

describe('the tables of the seed', () => {
  const getBundled = (tables: readonly string[]): ApplyOptions => {
    // As its own calls have it, but for the cluster.
    const { migrations } = getApplyOptions({ kubeconfigPath: '', namespace: 'none', tables });
    return {
      ...{ migrations, scratch: server.getUrl(), cacheDir: server.cacheDir, url },
      tables: [...tables],
    };
  };
  const makeByHand = async (): Promise<void> => {
    const { migrations } = await readHistory(createDirectoryFolder(kubernautMigrations));
    for (const { text, regions } of migrations) {
      for (const { start, end } of regions) await server.query(url, text.slice(start, end));
    }
  };

  test.each([[[]], [['audit_events']], [['workflow_versions', 'audit_events']]])(
    'that are there and equal are adopted: %j',
    async (tables) => {
      await makeByHand();
      const result = await apply(getBundled(tables));
      expect(result).toMatchObject({ outcome: 'adopted', created: [] });
      expect(result.adopted).toContain('public.audit_events');
      expect(await apply(getBundled(tables))).toMatchObject({ outcome: 'nothing-to-do' });
    },
  );

  test.each([[[]], [['audit_events']]])(
    'are a TableExistsError only where they are different: %j',
    async (tables) => {
      await makeByHand();
      await server.query(url, 'drop index idx_audit_events_actor');
      const error = await apply(getBundled(tables)).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TableExistsError);
      expect((error as TableExistsError).args.tables).toEqual(['public.audit_events']);
      expect((error as Error).message).toContain('index idx_audit_events_actor is missing');
    },
  );
});
