/** Certificates for servers on the loopback network, made anew for each run: none of them is ever
 *  trusted elsewhere. */
import forge from "node-forge";

/** PEM. */
export interface Identity {
  cert: string;
  key: string;
}

export interface CertificateFacts {
  /** Of the subject, and the only alternative names. */
  names: string[];
  from?: Date;
  to?: Date;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
let serial = 1;

/** An authority that signs what it is asked to. */
export async function testAuthority(name = "Test authority") {
  const keys = await keyPair();
  const subject = [{ name: "commonName", value: name }];
  const own = sign({ keys, subject, issuer: subject, signer: keys }, [
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, critical: true },
  ], {});
  return {
    cert: own,
    /** A server's certificate, followed by the authority's. */
    async issue(facts: CertificateFacts): Promise<Identity> {
      const server = await keyPair();
      const cert = sign(
        { keys: server, subject: nameOf(facts), issuer: subject, signer: keys },
        serverExtensions(facts),
        facts,
      );
      return { cert: cert + own, key: server.pem };
    },
  };
}

/** A certificate that nobody vouches for. */
export async function selfSigned(facts: CertificateFacts): Promise<Identity> {
  const keys = await keyPair();
  const subject = nameOf(facts);
  const cert = sign(
    { keys, subject, issuer: subject, signer: keys },
    serverExtensions(facts),
    facts,
  );
  return { cert, key: keys.pem };
}

interface KeyPair {
  pem: string;
  publicKey: forge.pki.PublicKey;
  privateKey: forge.pki.PrivateKey;
}

/** Made by the platform: the library takes seconds. */
async function keyPair(): Promise<KeyPair> {
  const { privateKey } = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: "SHA-256",
    },
    true,
    ["sign"],
  ) as CryptoKeyPair;
  const der = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey));
  const pem = `-----BEGIN PRIVATE KEY-----\n${der.toBase64().replace(/.{64}/g, "$&\n")}\n` +
    "-----END PRIVATE KEY-----\n";
  const key = forge.pki.privateKeyFromPem(pem);
  return { pem, privateKey: key, publicKey: forge.pki.setRsaPublicKey(key.n, key.e) };
}

interface Parties {
  keys: KeyPair;
  subject: forge.pki.CertificateField[];
  issuer: forge.pki.CertificateField[];
  signer: KeyPair;
}

function sign(
  { keys, subject, issuer, signer }: Parties,
  extensions: unknown[],
  { from = inDays(-1), to = inDays(1) }: Partial<CertificateFacts>,
): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = (++serial).toString(16).padStart(4, "0");
  certificate.validity.notBefore = from;
  certificate.validity.notAfter = to;
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  certificate.setExtensions(extensions);
  certificate.sign(signer.privateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}

function nameOf({ names }: CertificateFacts): forge.pki.CertificateField[] {
  return [{ name: "organizationName", value: "Acme, Inc." }, {
    name: "commonName",
    value: names[0]!,
  }];
}

function serverExtensions({ names }: CertificateFacts): unknown[] {
  return [
    { name: "basicConstraints", cA: false },
    { name: "extKeyUsage", serverAuth: true },
    {
      name: "subjectAltName",
      altNames: names.map((value) =>
        /^[\d.]+$/.test(value) ? { type: 7, ip: value } : { type: 2, value }
      ),
    },
  ];
}
