/** TlsBot against the test's own sites, with certificates that the test makes. */
import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { type Player, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

// Certificates
// -------------------------------------------------------------------------------------------------

type Bytes = Uint8Array<ArrayBuffer>;

/** The DER encoding of one value (X.690): its tag, its length and its parts. */
function der(tag: number, ...parts: Uint8Array[]): Bytes {
  const content = parts.flatMap((part) => [...part]);
  const { length } = content;
  const low = length & 255;
  const size = length < 128 ? [low] : length < 256 ? [0x81, low] : [0x82, length >> 8, low];
  return new Uint8Array([tag, ...size, ...content]);
}

const ascii = (text: string) => new TextEncoder().encode(text);
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts);
const oid = (hex: string) => der(0x06, Uint8Array.fromHex(hex));
const named = (name: string) =>
  sequence(der(0x31, sequence(oid("550403"), der(0x0c, ascii(name)))));
const extension = (id: string, value: Uint8Array) => sequence(oid(id), der(0x04, value));
const pem = (what: string, bytes: Uint8Array) =>
  `-----BEGIN ${what}-----\n${
    bytes.toBase64().match(/.{1,64}/g)!.join("\n")
  }\n-----END ${what}-----\n`;

const newKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const spkiOf = (key: KeyObject) => new Uint8Array(key.export({ type: "spki", format: "der" }));

interface Key {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

/** A certificate (RFC 5280), valid from 2020 to 2049 and signed by `by`: for a host, or without a
 *  host for an authority. */
function certificate(serial: number, subject: string, key: Key, by: Key, host?: string): Bytes {
  const algorithm = sequence(oid("2a8648ce3d040302"));
  const names = host && extension("551d11", sequence(der(0x82, ascii(host))));
  const authority = extension("551d13", sequence(der(0x01, new Uint8Array([255]))));
  const body = sequence(
    der(0xa0, der(0x02, new Uint8Array([2]))),
    der(0x02, new Uint8Array([serial])),
    algorithm,
    named("Test authority"),
    sequence(der(0x17, ascii("200101000000Z")), der(0x17, ascii("491231235959Z"))),
    named(subject),
    spkiOf(key.publicKey),
    der(0xa3, sequence(names || authority)),
  );
  const signature = new Uint8Array(sign("sha256", body, by.privateKey));
  return sequence(body, algorithm, der(0x03, new Uint8Array([0]), signature));
}

const authority = newKey();
const root = certificate(1, "Test authority", authority, authority);
const TRUSTED = pem("CERTIFICATE", root);

interface Site {
  leaf: Bytes;
  key: Key;
  serve(port: number): Deno.HttpServer<Deno.NetAddr>;
}

function siteWith(serial: number, key: Key, by = authority): Site {
  const leaf = certificate(serial, "localhost", key, by, "localhost");
  const tls = {
    cert: pem("CERTIFICATE", leaf) + TRUSTED,
    key: String(key.privateKey.export({ type: "pkcs8", format: "pem" })),
  };
  return {
    leaf,
    key,
    serve: (port) =>
      Deno.serve({ port, hostname: "127.0.0.1", onListen() {}, ...tls }, () => new Response("hi")),
  };
}

async function sha256(bytes: Bytes): Promise<string> {
  return `sha256:${new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex()}`;
}

// The bot
// -------------------------------------------------------------------------------------------------

// A handshake takes seconds on a busy machine.
const SETTINGS = {
  testNetwork: { loopback: true as const, caCerts: [TRUSTED] },
  hookTimeoutMs: 30_000,
};

async function roomWith(url: string, net: string[]): Promise<Player> {
  const { players: [ada], created } = await roomOf(url, {
    slots: ["bot:tls", "invite:ada"],
    bots: [{ name: "TlsBot", code_ref: "builtin://TlsBot", manifest: { net } }],
  }, 1);
  assert.equal(created.bot_errors, undefined);
  return ada!;
}

async function answerTo(player: Player, text: string): Promise<Wire> {
  const { msg_id } = await player.say(text);
  const answers = ({ cause, sender }: Wire) => cause === msg_id && sender.startsWith("bot:");
  return (await player.readUntil(answers)).find(answers).body;
}

Deno.test("TlsBot shows the chain with its fingerprints, and reports changes", async (t) => {
  await using server = await testServer(SETTINGS);
  const first = siteWith(7, newKey());
  const renewed = siteWith(8, first.key);
  const replaced = siteWith(9, newKey());
  let serving = first.serve(0);
  const { port } = serving.addr;
  const ada = await roomWith(server.url, [`localhost:${port}`]);
  const answers: Wire[] = [];
  for (
    const [site, change] of [[first, "first_seen"], [first, "same"], [renewed, "renewed"], [
      replaced,
      "changed",
    ]] as const
  ) {
    await t.step(change, async () => {
      if (site !== first) {
        await serving.shutdown();
        serving = site.serve(port);
      }
      const answer = await answerTo(ada, `check localhost:${port}`);
      const { type, verified, error, chain } = answer;
      assert.deepEqual([type, verified, error], ["certificate", true, undefined]);
      assert.equal(answer.change, change);
      assert.deepEqual(answer.before?.fingerprint_sha256, answers.at(-1)?.fingerprint_sha256);
      assert.equal(answer.fingerprint_sha256, await sha256(site.leaf));
      assert.equal(answer.spki_sha256, await sha256(spkiOf(site.key.publicKey)));
      const [leaf, above] = chain;
      assert.equal(leaf.fingerprint_sha256, answer.fingerprint_sha256);
      assert.equal(above.fingerprint_sha256, await sha256(root));
      assert.deepEqual(
        [leaf.valid_from, leaf.valid_to].map((time) => new Date(time).toISOString()),
        [
          "2020-01-01T00:00:00.000Z",
          "2049-12-31T23:59:59.000Z",
        ],
      );
      assert.equal(leaf.subject_alt_name_count, 1);
      assert.match(leaf.subject_alt_names[0], /localhost/);
      assert.match(leaf.issuer, /Test authority/);
      answers.push(answer);
    });
  }
  assert.match(answers.at(-1).text, /ANOTHER CERTIFICATE AND KEY/);
  await serving.shutdown();
});

Deno.test("TlsBot shows an untrusted chain, and says so", async () => {
  await using server = await testServer(SETTINGS);
  const site = siteWith(3, newKey(), newKey());
  const serving = site.serve(0);
  const { port } = serving.addr;
  const ada = await roomWith(server.url, [`localhost:${port}`]);
  const answer = await answerTo(ada, `check https://LOCALHOST:${port}/some/page`);
  assert.equal(answer.verified, false);
  assert.ok(answer.error);
  assert.equal(answer.fingerprint_sha256, await sha256(site.leaf));
  assert.match(answer.text, /NOT TRUSTED/);
  await serving.shutdown();
});

Deno.test("TlsBot gives the reason if there is no chain", async (t) => {
  await using server = await testServer(SETTINGS);
  const free = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = free.addr;
  free.close();
  const ada = await roomWith(server.url, [`localhost:${port}`]);
  for (const site of [`localhost:${port}`, "undeclared.example"]) {
    await t.step(site, async () => {
      const { type, chain, error, text } = await answerTo(ada, `check ${site}`);
      assert.deepEqual([type, chain], ["certificate", []]);
      assert.ok(error);
      assert.match(text, /showed no certificate/);
    });
  }
  for (const site of ["", "example.org:0", "example.org:99999", "a_b", "[::1]", "-x"]) {
    await t.step(site, async () => {
      const { type, reason } = await answerTo(ada, `check ${site}`);
      assert.deepEqual([type, reason], ["violation", "BAD_HOST"]);
    });
  }
});
