import type { Session } from '../postgres/session.js';
import { getSqlState, INVALID_CATALOG_NAME } from '../postgres/sqlstate.js';
import {
  getClaimSql,
  getCloneSql,
  getTestDatabaseName,
  type TestDatabaseKind,
} from '../postgres/test-databases.js';
import {
  ensureTemplate,
  readTemplateDigest,
  refuse,
  type Template,
  type TemplateRequest,
} from './template.js';

/** Makes databases of one content. */
export interface Cloner {
  /** The template's digest; makes the template where there is none. */
  ensure(): Promise<string>;
  /** A new database, or one that is ready, which is gone from the ready ones then. */
  take(): Promise<string>;
  /** A new database on a session of the caller's. */
  clone(kind: TestDatabaseKind, session: Session): Promise<string>;
}

// Swept by somebody for whom it was stale.
const ATTEMPTS = 3;
let count = 0;

/** A cloner for the options; the template is looked up once, and again where it is gone. */
export function createCloner(request: TemplateRequest): Cloner {
  const { owner } = request;
  let digest: Promise<string> | null = null;
  let template: Promise<Template> | null = null;
  const getDigest = (): Promise<string> => {
    digest ??= owner.use((session) => readTemplateDigest(request, session));
    digest.catch(() => {
      digest = null;
    });
    return digest;
  };
  const getTemplate = (): Promise<Template> => {
    template ??= getDigest().then((found) => ensureTemplate(request, found));
    const asked = template;
    asked.catch(() => {
      if (template === asked) template = null;
    });
    return asked;
  };
  const getName = (kind: TestDatabaseKind, of: string): string => {
    count += 1;
    return getTestDatabaseName(kind, of, owner.id, count);
  };
  const clone = async (
    kind: TestDatabaseKind,
    withSession: <T>(work: (session: Session) => Promise<T>) => Promise<T>,
  ): Promise<string> => {
    for (let left = ATTEMPTS; ; left -= 1) {
      const { digest: of, name: source, settings, strategy } = await getTemplate();
      try {
        return await withSession(async (session) => {
          const name = getName(kind, of);
          for (const sql of getCloneSql(name, source, strategy, settings)) await session.execute(sql);
          return name;
        });
      } catch (error) {
        if (left <= 1 || getSqlState(error) !== INVALID_CATALOG_NAME) return refuse(request, error);
        template = null;
      }
    }
  };
  return {
    ensure: async () => (await getTemplate()).digest,
    take: async () => {
      const of = await getDigest();
      const name = getName('test', of);
      const isTaken = await owner.use(async (session) => {
        const rows = (await session.execute(getClaimSql(of, name))).at(-1)!.rows;
        return rows[0]!['taken'] === true;
      });
      return isTaken ? name : await clone('test', owner.use);
    },
    clone: (kind, session) => clone(kind, (work) => work(session)),
  };
}
