/** Environment variables, handed in: the options never read `process.env`. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The value of a variable; an empty one counts as unset, as libpq has it. */
export const readVariable = (env: Env, name: string): string | undefined => env[name] || undefined;
