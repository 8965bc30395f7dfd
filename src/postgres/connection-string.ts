/** The parameters of a connection string by libpq's names, and what is wrong with it. */
export interface ParsedConnection {
  readonly params: Readonly<Record<string, string>>;
  readonly problems: readonly string[];
}

const URL_START = /^postgres(ql)?:\/\//i;

/**
 * Parses a PostgreSQL URL or libpq's `key=value` string; never throws and never repeats the input,
 * which may hold a password.
 */
export function parseConnectionString(text: string): ParsedConnection {
  const trimmed = text.trim();
  if (URL_START.test(trimmed)) return parseUrl(trimmed);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)) {
    const scheme = trimmed.slice(0, trimmed.indexOf(':'));
    return { params: {}, problems: [`a PostgreSQL URL begins with postgres://, not ${scheme}://`] };
  }
  return parseKeywords(trimmed);
}

/** The URL of these parameters, in the form that libpq and the drivers read; a socket's folder goes into the query. */
export function renderConnectionUrl(params: Readonly<Record<string, string>>): string {
  const { host = 'localhost', port, user, password, dbname = '', ...rest } = params;
  const isSocket = host.startsWith('/');
  const name = isSocket ? 'localhost' : host.includes(':') ? `[${host}]` : encodeURIComponent(host);
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`;
  const who = user === undefined ? '' : `${encodeURIComponent(user)}${secret}@`;
  const query = Object.entries({ ...rest, ...(isSocket ? { host } : {}) })
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join('&');
  const where = `${name}${port === undefined ? '' : `:${port}`}/${encodeURIComponent(dbname)}`;
  return `postgresql://${who}${where}${query === '' ? '' : `?${query}`}`;
}

function parseUrl(text: string): ParsedConnection {
  const problems: string[] = [];
  const authority = text.replace(URL_START, '').split(/[/?#]/, 1)[0]!;
  if (authority.slice(authority.lastIndexOf('@') + 1).includes(',')) {
    return { params: {}, problems: ['the URL names several hosts: name the one to write to'] };
  }
  // A URL with a port but no host is libpq's, not WHATWG's.
  const url = readUrl(text) ?? readUrl(text.replace(/^([^/]*:\/\/(?:[^@/?#]*@)?):/, '$1localhost:'));
  if (url === null) {
    const advice = 'percent-encode special characters in user and password (@ is %40, / is %2F, # is %23)';
    return { params: {}, problems: [`the PostgreSQL URL cannot be read: ${advice}`] };
  }
  const params: Record<string, string> = {};
  const set = (name: string, value: string): void => {
    if (value === '') return;
    try {
      params[name] = decodeURIComponent(value);
    } catch {
      problems.push(`the PostgreSQL URL: ${name} holds a % that begins no percent-encoded character`);
    }
  };
  set('host', url.hostname.replace(/^\[(.*)\]$/, '$1'));
  set('port', url.port);
  set('user', url.username);
  set('password', url.password);
  set('dbname', url.pathname.slice(1));
  // By hand: URLSearchParams would read + as a blank, libpq does not.
  if (url.username === '' && url.search.includes('@')) {
    const problem = 'the PostgreSQL URL holds a ? before the @: write it %3F if it is part of the password';
    return { params: {}, problems: [problem] };
  }
  for (const pair of url.search.slice(1).split('&').filter(Boolean)) {
    const at = pair.indexOf('=');
    if (at < 0) problems.push(`the PostgreSQL URL: the parameter ${pair} has no value`);
    else set(pair.slice(0, at), pair.slice(at + 1));
  }
  if (url.hash !== '') {
    problems.push('the PostgreSQL URL holds a #: write it %23 if it is part of the password');
  }
  return { params, problems };
}

// Node's error would hold the URL, and with it the password.
function readUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

// libpq: blanks around =, single quotes around values, backslash escapes.
// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
function parseKeywords(text: string): ParsedConnection {
  const params: Record<string, string> = {};
  const pattern = /\s*([A-Za-z_]+)\s*=\s*(?:'((?:[^'\\]|\\[\s\S])*)'|((?:[^\s'\\]|\\[\s\S])*))(?=\s|$)/y;
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) {
      const where = start === 0 ? '' : ` after ${Object.keys(params).at(-1)}=…`;
      const problem = `the connection string is neither a URL (postgres://…) nor key=value pairs${where}`;
      return { params: {}, problems: [problem] };
    }
    const value = (match[2] ?? match[3] ?? '').replace(/\\([\s\S])/g, '$1');
    if (value !== '') params[match[1]!] = value;
  }
  return { params, problems: [] };
}
