import { access, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TLS_MODES, type TlsConfig, type TlsMode } from './config.js';

type Params = Readonly<Record<string, string>>;

/** Reads libpq's ssl… parameters and the files that they name (and ~/.postgresql/*); adds to `problems`. */
export async function readTlsFiles(
  params: Params,
  env: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Promise<TlsConfig> {
  const mode = (params['sslmode'] ?? 'prefer') as TlsMode;
  const direct = params['sslnegotiation'] === 'direct';
  if (!TLS_MODES.includes(mode)) {
    problems.push(`sslmode=${mode} is not one of ${TLS_MODES.join(', ')}`);
  }
  const none: TlsConfig = { mode, ca: null, cert: null, key: null, direct };
  if (mode === 'disable') return none;

  const home =
    process.platform === 'win32'
      ? join(env['APPDATA'] ?? homedir(), 'postgresql')
      : join(env['HOME'] ?? homedir(), '.postgresql');
  const read = async (name: string, fallback: string): Promise<string | null> => {
    const path = params[name] ?? join(home, fallback);
    if (params[name] === undefined && !(await isThere(path))) return null;
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      problems.push(`${name}: cannot read ${path} (${(error as NodeJS.ErrnoException).code})`);
      return null;
    }
  };
  const system = params['sslrootcert'] === 'system';
  const ca = system ? 'system' : await read('sslrootcert', 'root.crt');
  const cert = await read('sslcert', 'postgresql.crt');
  const key = cert === null ? null : await read('sslkey', 'postgresql.key');
  const verifies = mode === 'verify-ca' || mode === 'verify-full';
  if (verifies && ca === null && params['sslrootcert'] === undefined) {
    problems.push(
      `sslmode=${mode} needs the CA: sslrootcert=FILE, or sslrootcert=system for the public ones`,
    );
  }
  if (system && params['sslmode'] !== undefined && mode !== 'verify-full') {
    problems.push(`sslrootcert=system goes only with sslmode=verify-full, not ${mode}`);
  }
  if (system) return { mode: 'verify-full', ca, cert, key, direct };
  // A CA makes require verify, for compatibility; weaker modes never do.
  // https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-SSLMODE-STATEMENTS
  if (mode === 'require' && ca !== null) return { mode: 'verify-ca', ca, cert, key, direct };
  return { mode, ca: verifies ? ca : null, cert, key, direct };
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
