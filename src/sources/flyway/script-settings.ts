import { parseFlywayConf } from './config-files.js';

/** The settings of one migration: Flyway's "Script Configuration", a file `V1__x.sql.conf` beside it. */
export interface ScriptSettings {
  /** Null: as the folder has it. */
  readonly isTransaction: boolean | null;
  /** Null: as the folder has it. */
  readonly isReplacing: boolean | null;
  /** False where Flyway notes the migration as done without running it. */
  readonly isExecuted: boolean;
  /** What cannot be followed, or null. */
  readonly problem: string | null;
}

/** What holds for a migration without settings of its own. */
export const SCRIPT_DEFAULTS: ScriptSettings = {
  isTransaction: null,
  isReplacing: null,
  isExecuted: true,
  problem: null,
};

/** Reads a `.conf` file. */
export function parseScriptSettings(text: string): ScriptSettings {
  const settings = parseFlywayConf(text);
  const getFlag = (name: string): boolean | null => {
    const value = settings.get(name)?.toLowerCase();
    return value === undefined ? null : value !== 'false';
  };
  const shouldExecute = settings.get('shouldexecute')?.toLowerCase() ?? 'true';
  return {
    isTransaction: getFlag('executeintransaction'),
    isReplacing: getFlag('placeholderreplacement'),
    isExecuted: shouldExecute !== 'false',
    problem: /^(?:true|false)$/.test(shouldExecute)
      ? null
      : `shouldExecute=${settings.get('shouldexecute')} is a condition that Plinth does not evaluate`,
  };
}
