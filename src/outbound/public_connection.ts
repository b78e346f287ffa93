/** Connects to strangers' https sites without being led into a private network. A name is looked up
 *  once, each address it has is held against the rule, and the connection is made to an address
 *  that passed: to let the name resolve to something else a moment later (DNS rebinding) changes
 *  nothing. Deno's own TLS then checks that the site is the one that was named. (`node:https` would
 *  pin addresses, too, but knows root certificates only with `--allow-sys`.) */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isLoopbackHost } from "../kernel/loopback.ts";
import { isPublicAddress } from "./public_address.ts";

/** `away`: a site cannot be reached or is in trouble, and may be well again soon; `unfit`: it
 *  answers, but not with what was asked for. The message is for the operator: it may tell what a
 *  name resolves to. */
export class FetchFailure extends Error {
  override readonly name = "FetchFailure";
  constructor(readonly kind: "away" | "unfit", message: string) {
    super(message);
  }
}

/** For tests: the loopback network counts as public, and these PEM certificates are trusted. */
export interface TestNetwork {
  loopback: true;
  caCerts: readonly string[];
}

/** Addresses of a name that are tried. */
const ATTEMPTS = 3;

/** Opens a connection to the host of an https URL. Closes it again when the signal aborts
 *  meanwhile. */
export async function connectPublicly(
  { hostname, port }: URL,
  signal: AbortSignal,
  test?: TestNetwork,
): Promise<Deno.TlsConn> {
  const addresses = await admittedAddresses(hostname, test !== undefined);
  let failure: unknown;
  for (const address of addresses.slice(0, ATTEMPTS)) {
    try {
      return await connect(address, Number(port || 443), hostname, signal, test?.caCerts);
    } catch (error) {
      failure = error;
    }
  }
  throw new FetchFailure("away", String(failure));
}

async function admittedAddresses(hostname: string, loopback: boolean): Promise<string[]> {
  // No site publishes under an address, and a host that needs no look-up should need no second
  // rule.
  if (isIP(hostname) !== 0 || hostname.startsWith("[")) {
    throw new FetchFailure("unfit", "an address instead of a name");
  }
  const found = await lookup(hostname, { all: true }).catch((error) => {
    throw new FetchFailure("away", String(error));
  });
  const admitted = found.map(({ address }) => address).filter((address) =>
    isPublicAddress(address) || (loopback && isLoopbackHost(address))
  );
  if (admitted.length === 0) throw new FetchFailure("away", "the name has no public address");
  return admitted.toSorted((a, b) => isIP(a) - isIP(b)); // not every network has a way for IPv6
}

async function connect(
  address: string,
  port: number,
  hostname: string,
  signal: AbortSignal,
  caCerts: readonly string[] = [],
): Promise<Deno.TlsConn> {
  signal.throwIfAborted();
  const tcp = await Deno.connect({ hostname: address, port });
  let open: Deno.Conn = tcp;
  const close = () => {
    try {
      open.close();
    } catch { /* It is closed already. */ }
  };
  try {
    signal.throwIfAborted();
    tcp.setNoDelay(true);
    const tls = await Deno.startTls(tcp, { hostname, caCerts: [...caCerts] });
    open = tls;
    signal.addEventListener("abort", close);
    await tls.handshake();
    signal.throwIfAborted();
    return tls;
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}
