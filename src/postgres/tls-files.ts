import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TLS_MODES, type TlsConfig, type TlsMode } from './config.js';

type Params = Readonly<Record<string, string>>;

/** Reads libpq's ssl… parameters and the files that they name (and ~/.postgresql/*); adds to `problems`. */
export function readTlsFiles(
  params: Params,
  env: Readonly<Record<string, string | undefined>>,
  problems: string[],
): TlsConfig {
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
  const read = (name: string, fallback: string): string | null => {
    const path = params[name] ?? join(home, fallback);
    if (params[name] === undefined && !existsSync(path)) return null;
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      problems.push(`${name}: cannot read ${path} (${(error as NodeJS.ErrnoException).code})`);
      return null;
    }
  };
  const system = params['sslrootcert'] === 'system';
  const ca = system ? 'system' : read('sslrootcert', 'root.crt');
  const cert = read('sslcert', 'postgresql.crt');
  const key = cert === null ? null : read('sslkey', 'postgresql.key');
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
