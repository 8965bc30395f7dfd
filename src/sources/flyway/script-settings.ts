/** The settings of one migration: Flyway's "Script Configuration", a file `V1__x.sql.conf` beside it. */
export interface ScriptSettings {
  readonly isTransaction: boolean;
  readonly isReplacing: boolean;
  /** False where Flyway notes the migration as done without running it. */
  readonly isExecuted: boolean;
  /** What cannot be followed, or null. */
  readonly problem: string | null;
}

/** What holds for a migration without settings of its own. */
export const SCRIPT_DEFAULTS: ScriptSettings = {
  isTransaction: true,
  isReplacing: true,
  isExecuted: true,
  problem: null,
};

/** Reads a `.conf` file. */
export function parseScriptSettings(text: string): ScriptSettings {
  const settings = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:flyway\.)?([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (match !== null) settings.set(match[1]!.toLowerCase(), match[2]!);
  }
  const get = (name: string) => settings.get(name)?.toLowerCase();
  const shouldExecute = get('shouldexecute') ?? 'true';
  return {
    isTransaction: get('executeintransaction') !== 'false',
    isReplacing: get('placeholderreplacement') !== 'false',
    isExecuted: shouldExecute !== 'false',
    problem: /^(?:true|false)$/.test(shouldExecute)
      ? null
      : `shouldExecute=${settings.get('shouldexecute')} is a condition that Plinth does not evaluate`,
  };
}
