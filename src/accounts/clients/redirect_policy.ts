/** Where an authorization may be sent: which URIs a client may register, when an asked one is the
 *  registered one, and which belong to clients that need no consent page. Pure. */

const MAX_CHARS = 2000;
const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

/** Its characters. Parsers differ on others: some take a backslash for a slash, some for part of a
 *  user name. */
const RFC3986 = /^[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=%-]+$/;

/** Loopback as RFC 8252 7.3 spells it, and what follows the port. */
const LOOPBACK = /^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]))(?::\d{1,5})?((?:[/?].*)?)$/;

/** A clear host: also safe to print in a header. */
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/;

/** Private-use schemes (RFC 8252 7.1) of clients that have no other way. Any program may claim such
 *  a scheme, so each is listed to the letter, and always asked about. */
const PRIVATE_USE = ["cursor://anysphere.cursor-mcp/oauth/callback"];

const CLAUDE = /^https:\/\/claude\.(?:ai|com)\/api\/mcp\/auth_callback$/;
const KNOWN = [
  CLAUDE,
  /^https:\/\/chatgpt\.com\/connector_platform_oauth_redirect$/,
  /^https:\/\/chatgpt\.com\/connector\/oauth\/[A-Za-z0-9_-]{1,128}$/,
];

/** What is wrong with a redirect URI, or undefined when a client may register it: https anywhere,
 *  http to this very machine (RFC 8252 7.3), or one of the few private ones. */
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

/** RFC 9700 4.1.3: the exact text, but on loopback the port is the client's choice of the
 *  moment. */
export function isSameRedirect(registered: string, asked: string): boolean {
  if (registered === asked) return true;
  if (redirectProblem(registered) !== undefined || redirectProblem(asked) !== undefined) {
    return false;
  }
  const [a, b] = [LOOPBACK.exec(registered), LOOPBACK.exec(asked)];
  return a !== null && b !== null && a[1] === b[1] && a[2] === b[2];
}

/** Whether this URI alone says who is served: a well-known assistant, or a program on the person's
 *  own machine. */
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
