/** The server's address as a caller spells it. Clients refuse metadata that names another address
 *  than the one they were given (RFC 8414 3.3, RFC 9728 3.3), and a person may type `localhost`
 *  where `PUBLIC_URL` says 127.0.0.1, or a tunneled server's local address. So for a loopback
 *  `Host` the address is the request's own, and for every other one it is `PUBLIC_URL`. Nobody can
 *  make another client's request name a loopback host, so this misleads nobody but a forger. */
import { isLoopbackHost } from "../../kernel/loopback.ts";

/** The address that a request was sent to: scheme and authority, no trailing slash. */
export type AddressOf = (request: Pick<Request, "headers" | "url">) => string;

/** `trustedProxies` is the number of the operator's proxies in front of the server. */
export function ownAddress(publicUrl: string, trustedProxies: number): AddressOf {
  const own = new URL(publicUrl);
  return ({ headers, url }) => {
    const host = headers.get("host") ?? new URL(url).host;
    if (host === own.host || !URL.canParse(`http://${host}`)) return publicUrl;
    const asked = new URL(`http://${host}`);
    if (!isLoopback(asked)) return publicUrl;
    if (trustedProxies > 0 && headers.has("x-forwarded-for")) return publicUrl;
    if (forwardedHost(headers) === own.hostname) return publicUrl;
    // At the same port of this machine there is the same TLS, or none.
    const scheme = isLoopback(own) && asked.port === own.port ? own.protocol : "http:";
    return `${scheme}//${asked.host}`;
  };
}

function isLoopback({ hostname }: URL): boolean {
  return isLoopbackHost(hostname.replace(/\.$/, ""));
}

/** The name that the caller used, from a proxy that replaces `Host` by the server's local address.
 *  Anybody can send the header, so it may lead to nothing but `PUBLIC_URL`. */
function forwardedHost(headers: Headers): string | undefined {
  const [host = ""] = (headers.get("x-forwarded-host") ?? "").split(",");
  const named = `http://${host.trim()}`;
  return URL.canParse(named) ? new URL(named).hostname : undefined;
}
