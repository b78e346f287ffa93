/** TLS: which certificates a fetch trusts, and what a bot learns about certificates. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { type Certificate, NetAnswer, type NetRequest } from "../../src/domain/bot/evidence.ts";
import type { BotNetwork } from "../../src/sandbox/launch/host_process.ts";
import { selfSigned, testAuthority } from "../support/certificates.ts";
import { get, networkProcess } from "../support/network_process.ts";
import { rawServer, webServer } from "../support/web_server.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
const authority = await testAuthority();
const stranger = await testAuthority("Stranger");
const OPEN: BotNetwork = {
  schemes: "http",
  denied: [],
  test: { loopback: true, caCerts: [authority.cert] },
};
const tls = (host: string, port = 443): NetRequest => ({ kind: "tls", host, port });

const names = ["localhost"];
const past = { names, from: inDays(-10), to: inDays(-1) };
const future = { names, from: inDays(1), to: inDays(10) };
/** The errors of a fetch and of `tls_certificate`; undefined if the certificate is valid. */
const SITES: Record<
  string,
  [identity: ReturnType<typeof selfSigned>, fetched: RegExp | undefined, error: string | undefined]
> = {
  "of a known authority": [authority.issue({ names }), undefined, undefined],
  "of a stranger": [stranger.issue({ names }), /not trusted\.$/, "SELF_SIGNED_CERT_IN_CHAIN"],
  "self-signed": [selfSigned({ names }), /not trusted\.$/, "DEPTH_ZERO_SELF_SIGNED_CERT"],
  "for another name": [
    authority.issue({ names: ["other.example"] }),
    /is not for it\.$/,
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ],
  "expired": [authority.issue(past), /has expired\.$/, "CERT_HAS_EXPIRED"],
  "self-signed and expired": [selfSigned(past), /certificate/, "CERT_HAS_EXPIRED"],
  "not valid yet": [authority.issue(future), /not trusted\.$/, "CERT_NOT_YET_VALID"],
};

Deno.test("a fetch needs a valid certificate; tls_certificate reports any", async (t) => {
  await using network = networkProcess(OPEN);
  for (const [name, [identity, fetched, error]] of Object.entries(SITES)) {
    await t.step(name, async () => {
      const { cert, key } = await identity;
      await using site = webServer({ cert, key });
      const answer = await network.one([site.host], get(`${site.origin}/echo`));
      if (fetched) assert.match(answer.kind === "failed" ? answer.message : "", fetched);
      else assert.equal(answer.kind === "fetched" && answer.status, 200);

      const reading = NetAnswer.parse(await network.one([site.host], tls("LocalHost", site.port)));
      if (reading.kind !== "certified") return assert.fail(JSON.stringify(reading));
      assert.deepEqual([reading.verified, reading.error], [error === undefined, error]);
      assert.deepEqual(
        reading.chain,
        await Promise.all(cert.match(/-+BEGIN[^]+?-END.+/g)!.map(facts)),
      );
    });
  }
});

/** The facts of a certificate, read by the platform alone. */
async function facts(pem: string): Promise<Certificate> {
  const certificate = new X509Certificate(pem);
  const { subject, issuer, serialNumber, validFrom, validTo, publicKey } = certificate;
  const sha256 = async (bytes: Uint8Array) =>
    `sha256:${
      new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))).toHex()
    }`;
  return {
    subject: subject!.replace("\n", ", "),
    issuer: issuer!.replace("\n", ", "),
    serial_number: serialNumber,
    valid_from: new Date(validFrom).toISOString(),
    valid_to: new Date(validTo).toISOString(),
    subject_alt_names: certificate.subjectAltName?.split(", ").filter(Boolean) ?? [],
    fingerprint_sha256: await sha256(certificate.raw),
    spki_sha256: await sha256(publicKey.export({ type: "spki", format: "der" })),
  };
}

Deno.test("alternative names can't be forged with commas", async () => {
  const listed = ["localhost, DNS:bank.example", "*.a.org", "192.0.2.1"];
  await using site = webServer(await selfSigned({ names: listed }));
  await using network = networkProcess(OPEN);
  const answer = await network.one([site.host], tls("localhost", site.port));
  assert.deepEqual(answer.kind === "certified" && answer.chain[0]!.subject_alt_names, [
    "DNS:localhost, DNS:bank.example",
    "DNS:*.a.org",
    "IP:192.0.2.1",
  ]);
});

Deno.test("no redirect leads from https to http", async () => {
  await using plain = webServer();
  await using site = webServer(await authority.issue({ names }));
  await using network = networkProcess(OPEN);
  const to = encodeURIComponent(`${plain.origin}/echo`);
  const answer = await network.one(
    [site.host, plain.host],
    get(`${site.origin}/redirect?to=${to}`),
  );
  assert.deepEqual(answer, {
    kind: "failed",
    reason: "refused",
    message: "localhost sent a redirect that is not allowed: It leads from https to http.",
  });
  assert.deepEqual(plain.seen, []);
});

Deno.test("a certificate that is not available", async (t) => {
  await using site = webServer(await authority.issue({ names }));
  await using plain = webServer();
  await using closed = rawServer("");
  await using network = networkProcess(OPEN);
  const net = [site.host, plain.host, closed.host, "gone.invalid", "localhost:25"];
  const portOf = (host: string) => Number(host.split(":")[1]);
  const FAILURES: Record<string, [call: NetRequest, reason: string, message: RegExp]> = {
    "of an undeclared host": [tls("example.org"), "refused", /not among the hosts/],
    "at an undeclared port": [tls("localhost"), "refused", /^Port 443 of localhost/],
    "of an address": [tls("127.0.0.1", site.port), "refused", /addresses are not allowed/],
    "of a short address": [tls("127.1", site.port), "refused", /host name or the port is invalid/],
    "of a number": [tls("2130706433", site.port), "refused", /host name or the port is invalid/],
    "of an IPv6 address": [tls("[::1]", site.port), "refused", /addresses are not allowed/],
    "of a URL": [
      tls("https://localhost", site.port),
      "refused",
      /host name or the port is invalid/,
    ],
    "of a name with a path": [
      tls("localhost/#", site.port),
      "refused",
      /host name or the port is invalid/,
    ],
    "of another host behind an @": [
      tls("localhost@example.org"),
      "refused",
      /host name or the port is invalid/,
    ],
    "of an unknown name": [tls("gone.invalid"), "unreachable", /can't be resolved/],
    "of a site without one": [tls("localhost", plain.port), "unreachable", /be reached\.$/],
    "of a site that hangs up": [tls("localhost", portOf(closed.host)), "unreachable", /reached\.$/],
  };
  for (const [name, [call, reason, message]] of Object.entries(FAILURES)) {
    await t.step(name, async () => {
      const answer = await network.one(net, call);
      if (answer.kind !== "failed") return assert.fail(JSON.stringify(answer));
      assert.equal(answer.reason, reason);
      assert.match(answer.message, message);
    });
  }
  await t.step("of a name that resolves to a private address", async () => {
    await using real = networkProcess({ schemes: "https", denied: [] }, { singleLabels: true });
    const answer = await real.one([site.host], tls("localhost", site.port));
    assert.deepEqual(answer, {
      kind: "failed",
      reason: "refused",
      message: "localhost can't be reached: it resolves to a private address.",
    });
  });
});
