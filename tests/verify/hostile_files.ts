/** Exports built to slow down or break their reader. Each is numbered, hashed and signed correctly
 *  with a server's key, and as large as the test asks. */
import { TreeSigner } from "../../src/channels/proof/tree_signer.ts";
import { type ChannelExport, EXPORT_FORMAT } from "../../src/domain/proof/channel_export.ts";
import { engineIdOf } from "../../src/domain/bot/engine_id.ts";
import { bytesToHex, hashText, hexToBytes, utf8ToBytes } from "../../src/kernel/hash.ts";
import { canonicalBytes, type JsonObject } from "../../src/kernel/json.ts";
import { bodyHash, entryLeaf, saltUnder, SYSTEM } from "../../src/domain/transcript/transcript.ts";
import { commitmentTo } from "../../src/domain/transcript/commitment.ts";
import { rootOfLeaves } from "../../src/verify/log_checks.ts";

const CHANNEL = "chn_hostile";
const TS = "2026-11-01T12:00:00.000Z";
const KEY = hexToBytes("0a".repeat(32));
const SALTS = hexToBytes("0b".repeat(32));
const SEED = "0c".repeat(32);
const SOURCE = "export default class Echo {}";

interface Draft {
  body: JsonObject;
  sender?: string;
  kind?: "user" | "bot" | "system" | "control";
  cause?: number;
}
type Beside = Partial<Pick<ChannelExport, "sources" | "modules" | "evidence" | "cursors">>;

/** A signed export of a log with these entries. */
export function signedFile(drafts: readonly Draft[], beside: Beside = {}): ChannelExport {
  const leaves: Uint8Array[] = [];
  const entries = drafts.map(({ body, sender = SYSTEM, kind = "system", cause }, i) => {
    const open = { id: i + 1, channel_id: CHANNEL, sender, kind, ts: TS, cause };
    const salt = saltUnder(SALTS, open.id);
    const leaf = entryLeaf(open, bodyHash(salt, body));
    leaves.push(leaf);
    return {
      ...open,
      body,
      salt: bytesToHex(salt),
      hash: `sha256:${bytesToHex(leaf)}`,
    };
  });
  const signer = new TreeSigner({ key: KEY, publicUrl: "http://play.example.org" });
  const head = {
    origin: `play.example.org/${CHANNEL}`,
    size: leaves.length,
    root: rootOfLeaves(leaves),
  };
  return {
    format: EXPORT_FORMAT,
    channel_id: CHANNEL,
    viewer: null,
    cursors: cursorsIn(entries),
    checkpoint: signer.signed(head),
    keys: [{
      algorithm: "Ed25519",
      public_key: signer.publicKey.toBase64(),
      since: TS,
      until: null,
    }],
    entries,
    sources: { [hashText(utf8ToBytes(SOURCE))]: SOURCE },
    modules: [],
    evidence: {},
    ...beside,
  };
}

/** The cursors of the bots that are never removed: each is at the end. */
function cursorsIn(entries: readonly { body: JsonObject }[]): Record<string, number> {
  const live = new Set<unknown>();
  for (const { body } of entries) {
    if (body.type === "bot:attach") live.add(body.bot_id);
    if (body.type === "bot:detach") live.delete(body.bot_id);
    if (body.type === "close_applied") live.clear();
  }
  return Object.fromEntries([...live].map((botId) => [String(botId), entries.length]));
}

const CREATED: Draft = {
  body: {
    type: "channel_created",
    channel_id: CHANNEL,
    name: "hostile",
    slots: [{ slot_id: "s0", kind: "bot", label: "bot" }, {
      slot_id: "s1",
      kind: "invite",
      label: "a",
    }],
    visibility: "public",
    sealed: false,
    spectators: true,
    salts_commit: hashText(SALTS),
    addressed_salts_commit: hashText(SALTS),
  },
};

const times = (n: number, make: (i: number) => Draft[]): Draft[] =>
  Array.from({ length: n }, (_, i) => make(i)).flat();

/** The two entries that announce a bot. */
function announced(i: number, source = SOURCE, more: JsonObject = {}): Draft[] {
  const bot_id = `bot_Echo_${i}`;
  const parts = { rules: "0".repeat(64) };
  const attach = {
    type: "bot:attach",
    bot_id,
    name: "Echo",
    version: "1.0",
    language: "javascript",
    class_name: "Echo",
    code_hash: hashText(utf8ToBytes(source)),
    manifest_hash: hashText(canonicalBytes({})),
    engine: engineIdOf("quickjs", parts),
    engine_parts: parts,
    imports: [],
    net: "public",
    seed_commit: hashText(hexToBytes(SEED)),
    ...more,
  };
  const manifest_excerpt = {
    name: "Echo",
    version: "1.0",
    summary: "",
    hooks: ["on_message"],
    params: {},
  };
  return [
    { body: attach },
    { body: { type: "bot:manifest", bot_id, manifest_excerpt, manifest: {} } },
  ];
}

const applied = (type: string, op: JsonObject): Draft => ({
  body: { type: `${type}_applied`, op: { type, ...op } },
});
/** The two entries that remove a bot. */
function detached(i: number): Draft[] {
  const bot_id = `bot_Echo_${i}`;
  return [
    { body: { type: "bot:detach", bot_id, seed: SEED, cursor: null } },
    applied("remove_bot", { bot_id }),
  ];
}
const joined = (i: number): Draft => ({
  body: {
    type: "member_joined",
    player_id: `p${i}`,
    slot_id: "s1",
    label: "a",
    display_name: "a",
  },
});
/** A member leaves, and an admin opens the slot again. */
const left = (i: number): Draft[] => [
  { body: { type: "member_left", player_id: `p${i}`, slot_id: "s1", display_name: "a" } },
  applied("yield_slot", { slot_id: "s1", to: "invite" }),
];
const user = (body: JsonObject): Draft => ({ body, sender: "p1", kind: "user" });

/** By the part that is large: an export with about `n` of it. */
export const WIDE: Record<string, (n: number) => ChannelExport> = {
  "bots that stay": (n) => signedFile([CREATED, ...times(n, announced)]),
  "bots that are removed again": (n) =>
    signedFile([CREATED, ...times(n, (i) => [...announced(i), ...detached(i)])]),
  "bots with one long source": (n) => {
    const source = `// ${"x".repeat(n * 500)}`;
    return signedFile([CREATED, ...times(n, (i) => [...announced(i, source), ...detached(i)])], {
      sources: { [hashText(utf8ToBytes(source))]: source },
    });
  },
  "modules, and bots that import one each": (n) => {
    const modules = Array.from({ length: n }, (_, i) => ({
      name: "lib:a",
      version: `${i}`,
      hash: hashText(utf8ToBytes("")),
      source: "",
    }));
    const imports = modules.map(({ source: _, ...module }) => module);
    return signedFile([
      CREATED,
      ...times(n, (i) => [
        ...announced(i, SOURCE, { imports: [imports[i]!] }),
        ...detached(i),
      ]),
    ], { modules });
  },
  "members that come and go": (n) =>
    signedFile([CREATED, ...times(n, (i) => [joined(i + 1), ...left(i + 1)]), ...announced(0)]),
  "members that stay": (n) =>
    signedFile([CREATED, ...announced(0), ...times(n, (i) => [joined(i + 1)])]),
  "messages to a bot": (n) =>
    signedFile([CREATED, ...announced(0), joined(1), ...times(n, (i) => [user({ i })])]),
  "posts of hooks": (n) => {
    const post = { sender: "bot:bot_Echo_0", kind: "bot" } as const;
    const facts = { bot_id: "bot_Echo_0", state_version: 0, state_hash: hashText(SALTS) };
    return signedFile([
      CREATED,
      ...announced(0),
      joined(1),
      ...times(n, (i) => [user({ i }), { ...post, body: { ...facts, i }, cause: 5 + 2 * i }]),
    ]);
  },
  "evidence that many entries name": (n) => {
    const bytes = new Uint8Array(n * 100);
    const body_hash = hashText(bytes);
    const request = { kind: "fetch", method: "GET", url: "https://a.example/", headers: [] };
    const answer = {
      kind: "fetched",
      url: "https://a.example/",
      status: 200,
      headers: [],
      body_hash,
      body_bytes: bytes.length,
    };
    const body = {
      type: "bot:evidence",
      bot_id: "bot_Echo_0",
      hook: "on_message",
      exchanges: [{ request, answer }],
    };
    return signedFile([
      CREATED,
      ...announced(0),
      joined(1),
      ...times(n, (i) => [user({}), { body, kind: "control", cause: 5 + 2 * i }]),
    ], { evidence: { [body_hash]: bytes.toBase64() } });
  },
  "commitments that are opened again and again": (n) => {
    const salt = "0d".repeat(32);
    const commit = commitmentTo(1, salt);
    const reveal = { type: "reveal", of: 3, value: 1, salt };
    return signedFile([
      CREATED,
      joined(1),
      user({ type: "commit", commit, ...Object.fromEntries(Array(n).keys().map((i) => [i, 0])) }),
      ...times(n, () => [user(reveal)]),
    ], { sources: {} });
  },
  "seeds that a close reveals": (n) => {
    const seeds = Array.from({ length: n }, (_, i) => ({
      bot_id: `bot_Echo_${i}`,
      seed: SEED,
      cursor: null,
    }));
    const op = { type: "close", seeds, salts: bytesToHex(SALTS) };
    return signedFile([
      CREATED,
      ...times(n, (i) => [...announced(i), ...detached(i)]),
      { body: { type: "close_applied", op } },
    ]);
  },
};

/** Texts that are not exports, by the part that is large. */
export const BROKEN: Record<string, (n: number) => string> = {
  "arrays in arrays": (n) => "[".repeat(n) + "]".repeat(n),
  "objects in objects": (n) => '{"a":'.repeat(n) + "1" + "}".repeat(n),
  "arrays that are never closed": (n) => "[".repeat(n),
  "a deeply nested body": (n) => {
    const file = signedFile([CREATED]);
    const deep = "[".repeat(n) + "]".repeat(n);
    return JSON.stringify(file).replace('"visibility":"public"', `"visibility":${deep}`);
  },
  "invalid entries": (n) => JSON.stringify({ ...signedFile([]), entries: Array(n).fill(1) }),
  "invalid keys": (n) => JSON.stringify({ ...signedFile([]), keys: Array(n).fill(1) }),
  "invalid modules": (n) => JSON.stringify({ ...signedFile([]), modules: Array(n).fill(1) }),
  "invalid sources": (n) => withNames("sources", n),
  "invalid evidence": (n) => withNames("evidence", n),
  "invalid cursors": (n) => withNames("cursors", n),
  "unknown fields": (n) =>
    JSON.stringify({
      ...signedFile([]),
      ...Object.fromEntries(Array(n).keys().map((i) => [`x${i}`, 0])),
    }),
  "a number of many digits": (n) => `{"format":${"9".repeat(n)}}`,
  "a long line that is not JSON": (n) => "\x1b[2J".repeat(n),
};

function withNames(part: "sources" | "evidence" | "cursors", n: number): string {
  const names = Object.fromEntries(Array(n).keys().map((i) => [`x${i}`, []]));
  return JSON.stringify({ ...signedFile([]), [part]: names });
}
