/** The time to verify an export: of channels played on the server, with every hook replayed, and of
 *  a long log without hooks. */
import { TreeSigner } from "../../src/channels/proof/tree_signer.ts";
import { replayerOn } from "../../src/channels/proof/replayer.ts";
import {
  type ChannelExport,
  EXPORT_FORMAT,
  type ExportedEntry,
} from "../../src/domain/proof/channel_export.ts";
import { bytesToHex, hashText } from "../../src/kernel/hash.ts";
import { appended } from "../../src/kernel/merkle.ts";
import type { JsonObject } from "../../src/kernel/json.ts";
import {
  bodyHash,
  entryLeaf,
  saltKeys,
  saltsUnder,
} from "../../src/domain/transcript/transcript.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Replayer } from "../../src/verify/replayer.ts";
import { verifyExport } from "../../src/verify/verify_export.ts";
import type { Figure } from "../figure.ts";
import { channelOf, Player } from "../player.ts";
import type { Server } from "../server.ts";
import { median, timed } from "../stats.ts";

const HOSTS = 2;
const ROUNDS = 3;
const HOOKS = { javascript: 1_000, python: 100 };
const AHEAD = 200;
const LONG = 100_000;
const CHANNEL = "chn_long";
const PLAYERS = [1, 2, 3];

export async function verify({ url }: Server): Promise<Figure[]> {
  const player = await Player.at(url);
  const sandbox = await openSandbox({ hosts: HOSTS, hookTimeoutMs: 5_000 });
  try {
    const replayer = replayerOn(sandbox);
    const javascript = await played(player, "EchoBot", HOOKS.javascript);
    const python = await played(player, "EchoBotPython", HOOKS.python);
    const long = longLog();
    return [
      {
        name: "JavaScript hooks replayed",
        value: await replayRate(javascript, replayer),
        unit: "/s",
        target: { atLeast: 500 },
      },
      {
        name: "Python hooks replayed",
        value: await replayRate(python, replayer),
        unit: "/s",
        target: { atLeast: 40 },
      },
      {
        name: `${LONG.toLocaleString("en")} entries, no hook replayed`,
        value: await medianMs(() => verified(long)),
        unit: "ms",
        target: { atMost: 5_000 },
      },
    ];
  } finally {
    await sandbox.close();
    player.close();
  }
}

/** The export of a channel in which a bot has repeated a number of messages. */
async function played(player: Player, preset: string, messages: number): Promise<string> {
  const channel_id = await channelOf([player], { bot_preset: preset });
  let cursor = 0;
  for (let posted = 0, heard = 0; heard < messages;) {
    // The server refuses posts while too many messages wait for a channel's bots.
    for (; posted < Math.min(heard + AHEAD, messages); posted++) {
      await player.post(channel_id, { text: `message ${posted}` });
    }
    const synced = await player.sync(channel_id, cursor, 10_000);
    if (synced.messages.length === 0) throw new Error(`Cannot go on: only ${heard} echoes arrived`);
    heard += synced.messages.filter(({ body }) => body?.echo !== undefined).length;
    cursor = synced.cursor;
  }
  const ops = [{ type: "close" }];
  await player.call("update_channel", { channel_id, ops });
  const { url } = await player.call<{ url: string }>("export_channel", { channel_id });
  return await (await fetch(url)).text();
}

async function verified(text: string, replayer?: Replayer): Promise<number> {
  const report = await verifyExport(JSON.parse(text), { replayer });
  if (!report.ok) throw new Error(`Cannot verify: ${JSON.stringify(report.checks)}`);
  return report.hooks.replayed;
}

/** The median time of an action in milliseconds, after one run to warm up. */
async function medianMs(action: () => Promise<unknown>): Promise<number> {
  await action();
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) times.push(await timed(action));
  return median(times);
}

async function replayRate(text: string, replayer: Replayer): Promise<number> {
  let hooks = 0;
  const ms = await medianMs(async () => hooks = await verified(text, replayer));
  return hooks / ms * 1000;
}

/** The export of a closed channel with messages of members only. */
function longLog(): string {
  const secret = new Uint8Array(32).fill(9);
  const { open, addressed } = saltKeys(secret);
  const saltOf = saltsUnder(open);
  const ts = new Date().toISOString();
  const first = {
    type: "channel_created",
    channel_id: CHANNEL,
    name: "long",
    slots: PLAYERS.map((n) => ({ slot_id: `s${n - 1}`, kind: "invite", label: `player ${n}` })),
    visibility: "private",
    sealed: false,
    spectators: false,
    salts_commit: hashText(open),
    addressed_salts_commit: hashText(addressed),
  };
  const joined = (n: number) => ({
    type: "member_joined",
    player_id: `p${n}`,
    slot_id: `s${n - 1}`,
    label: `player ${n}`,
    display_name: `p${n}`,
  });
  const op = { type: "close", salts: bytesToHex(open), seeds: [] };
  const special = new Map<number, JsonObject>([
    [1, first],
    ...PLAYERS.map((n) => [n + 1, joined(n)] as const),
    [LONG, { type: "close_applied", op }],
  ]);
  let range: Uint8Array[] = [];
  const entries = Array.from({ length: LONG }, (_, i): ExportedEntry => {
    const id = i + 1;
    const body = special.get(id);
    const said = body ? { sender: "system", kind: "system", body } as const : {
      sender: `p${id % PLAYERS.length + 1}`,
      kind: "user",
      body: { text: `message ${id}` },
    } as const;
    const fields = { id, channel_id: CHANNEL, ...said, ts };
    const salt = saltOf(id);
    const leaf = entryLeaf(fields, bodyHash(salt, said.body));
    range = appended(range, i, leaf);
    return { ...fields, salt: bytesToHex(salt), hash: `sha256:${bytesToHex(leaf)}` };
  });
  const signer = new TreeSigner({ key: new Uint8Array(32).fill(7), publicUrl: "http://localhost" });
  const head = { size: LONG, range: range.map((node) => bytesToHex(node)) };
  return JSON.stringify(
    {
      format: EXPORT_FORMAT,
      channel_id: CHANNEL,
      viewer: null,
      cursors: {},
      checkpoint: signer.checkpoint(CHANNEL, head),
      keys: [{
        algorithm: "Ed25519",
        public_key: signer.publicKey.toBase64(),
        since: ts,
        until: null,
      }],
      entries,
      sources: {},
      modules: [],
      evidence: {},
    } satisfies ChannelExport,
  );
}
