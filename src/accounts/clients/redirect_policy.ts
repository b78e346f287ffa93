/** The rules for redirect URIs: which URIs a client may register, when a requested URI matches a
 *  registered one, and which URIs need a consent page. Pure. */

const MAX_CHARS = 2000;
const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

/** The allowed forms, for messages. */
export const ALLOWED = "https, http with localhost, 127.0.0.1 or [::1], or an app's own scheme " +
  "such as com.example.app:/callback";

/** The characters of a URI. Parsers disagree on others: some read a backslash as a slash, some as
 *  part of a user name. */
const RFC3986 = /^[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=%-]+$/;

/** An http(s) URI: the part before the port, the port, and the rest. */
const WEB = /^(https?:\/\/(?:\[[^\]]*\]|[^/?:]*))(:\d{1,5})?((?:[/?].*)?)$/;

/** A plain host name, which is also safe in a header. */
const HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/;

/** A URI with a private-use scheme (RFC 8252 7.1): `scheme:/…`, and `scheme:…` where the scheme is
 *  a reversed domain name. A single letter is a disk of Windows. */
const PRIVATE_USE = /^[a-z][a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\/|(?<=\..*):)/i;

/** Schemes that have a meaning of their own, so that no app may claim them: browsers, clients of a
 *  protocol and the operating system's programs run, open or send what such a URI names. */
const TAKEN = new Set(
  `http https ws wss about blob data file filesystem javascript jscript livescript mocha vbscript
  view-source resource jar wyciwyg res mk mhtml hcp devtools firefox opera
  ftp ftps sftp tftp gopher gemini finger telnet tn3270 rlogin ssh scp rsync git svn cvs
  smb cifs nfs afp dav davs ldap ldaps dict nntp news irc ircs xmpp sip sips rtsp rtmp
  imap imaps pop pops smtp smtps rdp vnc magnet coap coaps mqtt jdbc redis turn stun
  mailto tel sms smsto mms facetime facetime-audio callto intent android-app content market
  itms itms-apps itms-appss itms-services prefs app-prefs shell search-ms search help
  urn uri tag cid mid doi info geo`.split(/\s+/),
);
const TAKEN_FAMILY = /^(?:ms|chrome|moz|edge|brave|x-apple|safari-.*extension)(?:-|$)/;

const CLAUDE = /^https:\/\/claude\.(?:ai|com)\/api\/mcp\/auth_callback$/;
const KNOWN = [
  CLAUDE,
  /^https:\/\/chatgpt\.com\/connector_platform_oauth_redirect$/,
  /^https:\/\/chatgpt\.com\/connector\/oauth\/[A-Za-z0-9_-]{1,128}$/,
];

/** The problem of a redirect URI; undefined if a client may register it: any https URI, http to the
 *  person's own machine (RFC 8252 7.3), or an app's private-use scheme (RFC 8252 7.1). */
export function redirectProblem(uri: string): string | undefined {
  if (uri.length > MAX_CHARS) return `is longer than ${MAX_CHARS} characters`;
  if (!RFC3986.test(uri) || !URL.canParse(uri)) return "is not an absolute URL";
  const url = new URL(uri);
  const scheme = url.protocol.slice(0, -1);
  if (scheme === "https" || scheme === "http") {
    const leadsHome = scheme === "https" || isLoopback(url);
    if (!/^https?:\/\/[^/]/i.test(uri) || !leadsHome) return `must use ${ALLOWED}`;
    if (!HOST.test(url.hostname)) return "has an unusual host name";
  } else {
    if (TAKEN.has(scheme) || TAKEN_FAMILY.test(scheme)) return `must not use the scheme ${scheme}:`;
    if (!PRIVATE_USE.test(uri)) return `must use ${ALLOWED}`;
  }
  if (url.username !== "" || url.password !== "") return "must not carry a user name or password";
  if (uri.includes("#")) return "must not have a fragment";
  return undefined;
}

/** Whether a redirect URI leads to whatever program claims its scheme. Any program may claim a
 *  private-use scheme, so a person has to see where the answer goes, each time. */
export function isPrivateUse(uri: string): boolean {
  return !/^https?:/i.test(uri);
}

/** Whether a requested URI is the registered one: exactly equal, except that a loopback client may
 *  choose its port for each request (RFC 9700 4.1.3), and that no path is the path `/` (RFC 3986
 *  6.2.3): clients that parse a URI before they send it add the slash. */
export function isSameRedirect(registered: string, asked: string): boolean {
  if (registered === asked) return true;
  if (redirectProblem(registered) !== undefined || redirectProblem(asked) !== undefined) {
    return false;
  }
  const [a, b] = [comparable(registered), comparable(asked)];
  return a !== undefined && a === b;
}

/** What two spellings of one http(s) URI have in common. */
function comparable(uri: string): string | undefined {
  const [, host, port = "", rest = ""] = WEB.exec(uri) ?? [];
  if (host === undefined) return undefined;
  const place = isLoopback(new URL(uri)) ? host : host + port;
  return place + (rest.startsWith("/") ? rest : `/${rest}`);
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
