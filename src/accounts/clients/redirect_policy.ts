/** The rules for redirect URIs: which URIs a client may register, when a requested URI matches a
 *  registered one, and which URIs need no consent page. Pure. */

const MAX_CHARS = 2000;
const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

/** The characters of a URI. Parsers disagree on others: some read a backslash as a slash, some as
 *  part of a user name. */
const RFC3986 = /^[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=%-]+$/;

/** A loopback URI (RFC 8252 7.3): the part before the port, and the part after it. */
const LOOPBACK = /^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]))(?::\d{1,5})?((?:[/?].*)?)$/;

/** A plain host name, which is also safe in a header. */
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/;

/** Private-use schemes (RFC 8252 7.1) of clients that support nothing else. Any program may claim
 *  such a scheme, so the list has complete URIs, and the server always asks for consent. */
const PRIVATE_USE = ["cursor://anysphere.cursor-mcp/oauth/callback"];

const CLAUDE = /^https:\/\/claude\.(?:ai|com)\/api\/mcp\/auth_callback$/;
const KNOWN = [
  CLAUDE,
  /^https:\/\/chatgpt\.com\/connector_platform_oauth_redirect$/,
  /^https:\/\/chatgpt\.com\/connector\/oauth\/[A-Za-z0-9_-]{1,128}$/,
];

/** The problem of a redirect URI; undefined if a client may register it: any https URI, http to the
 *  person's own machine (RFC 8252 7.3), or a listed private-use URI. */
export function redirectProblem(uri: string): string | undefined {
  if (PRIVATE_USE.includes(uri)) return undefined;
  if (uri.length > MAX_CHARS) return `is longer than ${MAX_CHARS} characters`;
  if (!RFC3986.test(uri) || !URL.canParse(uri)) return "is not an absolute URL";
  const url = new URL(uri);
  if (!/^https?:\/\/[^/]/i.test(uri) || (url.protocol !== "https:" && !isLoopback(url))) {
    return "must use https, or http with localhost, 127.0.0.1 or [::1]";
  }
  if (!HOST.test(url.hostname)) return "has an unusual host name";
  if (url.username !== "" || url.password !== "") return "must not carry a user name or password";
  if (uri.includes("#")) return "must not have a fragment";
  return undefined;
}

/** Whether a requested URI is the registered one: exactly equal, except that a loopback client may
 *  choose its port for each request (RFC 9700 4.1.3). */
export function isSameRedirect(registered: string, asked: string): boolean {
  if (registered === asked) return true;
  if (redirectProblem(registered) !== undefined || redirectProblem(asked) !== undefined) {
    return false;
  }
  const [a, b] = [LOOPBACK.exec(registered), LOOPBACK.exec(asked)];
  return a !== null && b !== null && a[1] === b[1] && a[2] === b[2];
}

/** Whether the URI alone identifies the client: a well-known assistant, or a program on the
 *  person's own machine. */
export function isKnownRedirect(uri: string): boolean {
  return KNOWN.some((pattern) => pattern.test(uri)) || isLoopback(new URL(uri));
}

export function isClaudeCallback(uri: string): boolean {
  return CLAUDE.test(uri);
}

/** Whether a URL leads to this machine by http, in one of the three spellings that RFC 8252 7.3
 *  gives clients: not all of 127.0.0.0/8, which other checks take for loopback, too. */
export function isLoopback(url: URL): boolean {
  return url.protocol === "http:" && LOOPBACK_HOSTS.includes(url.hostname);
}
