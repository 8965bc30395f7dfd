import type { PassedOverReason } from '../model/history.js';
import { isCode, isCodeStep } from './code-steps.js';

const METADATA =
  /(?:^|\/)(?:plinth\.lock\.json|migration_lock\.toml|atlas\.sum|snapshot\.json|tern\.conf|meta\/[^/]+\.json)$/;

/** True for a file that starts with a dot, or lies in a folder that does. */
export function isHidden(path: string): boolean {
  return path.split('/').some((segment) => segment.startsWith('.'));
}

/** Why a file that no rule of the tool took up is not part of the history. */
export function getPassedOverReason(path: string, isTopLevelOnly: boolean): PassedOverReason {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (isHidden(path)) return 'hidden';
  if (METADATA.test(path)) return 'tool-metadata';
  if (isTopLevelOnly && path.includes('/')) return 'subfolder';
  if (/\.sql$/i.test(name)) return 'not-a-migration-name';
  if (/[._]down\.\w+$/i.test(name) && isCode(name)) return 'down-migration';
  return isCodeStep(path) ? 'code-step' : 'not-sql';
}
