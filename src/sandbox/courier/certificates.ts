/** Reads the certificates of a TLS server. Invalid ones are reported too, because the bot judges
 *  them. A courier loads this module when a bot first needs it. */
import { X509Certificate } from "node:crypto";
import type { TcpNetConnectOpts } from "node:net";
import {
  connect,
  type ConnectionOptions,
  type DetailedPeerCertificate,
  type TLSSocket,
} from "node:tls";
import type { Certificate } from "../../domain/bot/evidence.ts";
import type { CourierResult, CourierTask } from "../wire/courier_task.ts";
import { certificateParts } from "./der.ts";

/** The limit of `NetAnswer`. */
const CHAIN_MAX = 10;
const CHAIN_MAX_BYTES = 64 * 1024;

/** Throws Deno's errors. The address is checked as for a fetch: Deno's DNS lookup for `node:net`
 *  connects to the address that it checked, and `family` restricts it to IPv4. */
export async function certify(
  { host, port }: Extract<CourierTask, { kind: "tls" }>,
  caCerts: string[],
): Promise<CourierResult> {
  const options: ConnectionOptions & TcpNetConnectOpts = {
    host,
    port,
    servername: host,
    family: 4,
    rejectUnauthorized: false,
    ...(caCerts.length > 0 && { ca: caCerts }),
  };
  const socket = connect(options);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("secureConnect", resolve);
      socket.on("error", reject);
      socket.once("close", () => reject(new Error("The server closed the connection")));
    });
    const encoded = chainOf(socket);
    const bytes = encoded.reduce((sum, { length }) => sum + length, 0);
    if (bytes > CHAIN_MAX_BYTES) return { kind: "failed", why: "large" };
    if (encoded.length === 0) return { kind: "failed", why: "unreachable" };
    const chain = await Promise.all(encoded.map(described));
    if (socket.authorized) return { kind: "certified", verified: true, chain };
    return { kind: "certified", verified: false, error: errorOf(socket, chain[0]!), chain };
  } finally {
    socket.destroy();
  }
}

/** The DER of each certificate, leaf first. */
function chainOf(socket: TLSSocket): Uint8Array<ArrayBuffer>[] {
  const chain = new Set<DetailedPeerCertificate>();
  let at: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  // A self-signed certificate is its own issuer.
  while (at?.raw && !chain.has(at) && chain.size < CHAIN_MAX) {
    chain.add(at);
    at = at.issuerCertificate;
  }
  return [...chain].map(({ raw }) => new Uint8Array(raw));
}

async function described(der: Uint8Array<ArrayBuffer>): Promise<Certificate> {
  const certificate = new X509Certificate(der);
  const { spki, names } = certificateParts(der);
  const nameOf = (lines: string | undefined) => (lines ?? "").split("\n").join(", ");
  return {
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    serial_number: certificate.serialNumber,
    valid_from: new Date(certificate.validFrom).toISOString(),
    valid_to: new Date(certificate.validTo).toISOString(),
    subject_alt_names: names,
    fingerprint_sha256: await sha256(der),
    spki_sha256: await sha256(spki),
  };
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return `sha256:${new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex()}`;
}

/** An error code of OpenSSL, such as CERT_HAS_EXPIRED. The period of validity is checked here,
 *  because Deno's code does not distinguish that error. */
function errorOf({ authorizationError }: TLSSocket, leaf: Certificate): string {
  const now = new Date().toISOString();
  if (leaf.valid_to < now) return "CERT_HAS_EXPIRED";
  if (leaf.valid_from > now) return "CERT_NOT_YET_VALID";
  const code = String(
    (authorizationError as NodeJS.ErrnoException | null)?.code ?? authorizationError,
  );
  return /^[A-Z0-9_]{1,60}$/.test(code) ? code : "UNVERIFIED";
}
