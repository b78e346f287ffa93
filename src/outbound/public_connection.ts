/** Connects to https sites of strangers, but never to a private network. It looks a name up once,
 *  checks every address, and connects to a checked address itself. So a later change of the DNS
 *  record (DNS rebinding) has no effect. Deno's TLS then verifies the certificate for the name.
 *  (`node:https` can pin addresses too, but reads root certificates only with `--allow-sys`.) */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { ACCOUNT_LIMITS } from "../domain/limits/accounts.ts";
import { withDeadline } from "../kernel/deadline.ts";
import { isLoopbackHost } from "../kernel/loopback.ts";
import { isPublicName } from "./proxy.ts";
import { isPublicAddress } from "./public_address.ts";

/** `away`: the site is unreachable or has a temporary problem; `unfit`: its response is not a
 *  usable document. The message is for the operator only, because it may reveal the addresses of a
 *  name. */
export class FetchFailure extends Error {
  override readonly name = "FetchFailure";
  constructor(
    readonly kind: "away" | "unfit",
    message: string,
    /** Where an exchange failed, if it failed before an answer. */
    readonly at: "connection" | "tls" | "timeout" = "connection",
  ) {
    super(message);
  }
}

/** For tests: treats the loopback network as public, and trusts these PEM certificates. */
export interface TestNetwork {
  loopback: true;
  caCerts: readonly string[];
  /** The addresses of names, looked up here instead of in the DNS. */
  names?: Readonly<Record<string, readonly string[]>>;
}

/** The most addresses of a name that are tried. */
const ATTEMPTS = 3;

/** Opens a connection to the host of an https URL. If the signal aborts meanwhile, closes it and
 *  throws. */
export async function connectPublicly(
  { hostname, port }: URL,
  signal: AbortSignal,
  test?: TestNetwork,
): Promise<Deno.TlsConn> {
  const addresses = await admittedAddresses(hostname, test);
  let failure: unknown;
  for (const address of addresses.slice(0, ATTEMPTS)) {
    try {
      return await connect(address, Number(port || 443), hostname, signal, test?.caCerts);
    } catch (error) {
      failure = error;
    }
  }
  throw failure instanceof FetchFailure ? failure : new FetchFailure("away", String(failure));
}

/** Throws `FetchFailure` unless a proxy may be asked for the host of an https URL: a public name,
 *  on the port of https, without a private address as far as this machine can resolve it. In
 *  networks with a proxy, often only the proxy can. */
export async function checkProxied({ hostname, port }: URL): Promise<void> {
  refuseAddress(hostname);
  if (port !== "" || !isPublicName(hostname)) {
    throw new FetchFailure("unfit", "not a public name on the port of https");
  }
  const unknown = () => [];
  const found = lookup(hostname, { all: true }).catch(unknown);
  const records = await withDeadline(found, ACCOUNT_LIMITS.lookupMs, unknown);
  if (records.some(({ address }) => !isPublicAddress(address))) {
    throw new FetchFailure("away", "the name has a private address");
  }
}

/** Sites have names. Refusing addresses here means that every host passes one of the two checks. */
function refuseAddress(hostname: string): void {
  if (isIP(hostname) !== 0 || hostname.startsWith("[")) {
    throw new FetchFailure("unfit", "an address instead of a name");
  }
}

async function admittedAddresses(hostname: string, test?: TestNetwork): Promise<string[]> {
  refuseAddress(hostname);
  const known = test?.names?.[hostname]?.map((address) => ({ address }));
  const records = known ?? await lookup(hostname, { all: true }).catch((error) => {
    throw new FetchFailure("away", String(error));
  });
  const admitted = records.map(({ address }) => address).filter((address) =>
    isPublicAddress(address) || (test?.loopback && isLoopbackHost(address))
  );
  if (admitted.length === 0) throw new FetchFailure("away", "the name has no public address");
  return admitted.toSorted((a, b) => isIP(a) - isIP(b)); // IPv4 first: not every network has IPv6
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
    } catch { /* Already closed. */ }
  };
  try {
    signal.throwIfAborted();
    tcp.setNoDelay(true);
    const tls = await Deno.startTls(tcp, { hostname, caCerts: [...caCerts] });
    open = tls;
    signal.addEventListener("abort", close);
    await tls.handshake().catch((error) => {
      throw new FetchFailure("away", String(error), "tls");
    });
    signal.throwIfAborted();
    return tls;
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}
