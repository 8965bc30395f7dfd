/** Blanks passwords in URLs, connection strings and `PASSWORD '…'` of SQL, wherever they stand in a text. */
export function redact(text: string): string {
  return (
    text
      // Up to the last @ of the word: a password may hold / and @ where a user forgot to encode them.
      .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):\S*@/gi, '$1:***@')
      .replace(/\b(password|sslpassword|passwd|pwd|token)=(?:'[^']*'|[^\s&'"]+)/gi, '$1=***')
      .replace(/\b(PASSWORD\s+)E?'(?:[^']|'')*'/gi, "$1'***'")
  );
}
