/** Lies of a server against the rules of a channel, with every hash right: see `forgeries.ts`. */
import type { ChannelExport, ExportedEntry } from "../../src/domain/proof/channel_export.ts";
import { hexToBytes } from "../../src/kernel/hash.ts";
import type { JsonObject } from "../../src/kernel/json.ts";
import { bodyHash } from "../../src/domain/transcript/transcript.ts";
import type { CheckName } from "../../src/verify/report.ts";
import { forge, type Forgery } from "./forgeries.ts";
import { SERVER_KEY } from "./genuine.ts";

/** Adds entries that no server writes or that their sender may not write, and mends every hash. */
export function* againstTheRules(genuine: ChannelExport): Generator<Forgery> {
  const { channel_id, entries } = genuine;
  const typed = (type: string) => entries.find(({ body }) => body?.type === type)!;
  const [attach, join, end, close] = ["bot:attach", "member_joined", "bot:end", "close_applied"]
    .map(typed) as [ExportedEntry, ExportedEntry, ExportedEntry, ExportedEntry];
  const bot_id = String(attach.body!.bot_id);
  const said = entries.find(({ sender, body }) => sender === `bot:${bot_id}` && body)!;
  const spoken = entries.find(({ kind, to }) => kind === "user" && !to)!;
  const at = close.id - 1;
  /** Inserts an entry before the close, or at the index `before`. */
  const added = (
    name: string,
    made: Partial<ExportedEntry>,
    check: CheckName = "speakers",
    before = at,
  ) =>
    forge(genuine, `${name}, signed anew`, ({ file }) => {
      const { ts } = file.entries[before]!;
      const system = { channel_id, id: 0, sender: "system", kind: "system" as const, ts };
      const entry = { ...system, salt: "00".repeat(32), hash: close.hash, ...made };
      file.entries.splice(before, 0, entry);
      return [check, before + 1];
    }, SERVER_KEY);
  const verdict = { type: "judge", winner: "p2", bot_id };
  const bot = { sender: `bot:${bot_id}`, kind: "bot" as const, body: verdict };
  yield added("a bot's post without a cause", bot);
  yield added("a bot's post caused before its announcement", { ...bot, cause: attach.id - 1 });
  yield added("a bot's post for an entry that it has passed", { ...bot, cause: said.cause });
  yield added("a bot that was never announced", { ...bot, sender: "bot:bot_Judge_9", cause: at });
  yield added("an entry of the server of an unknown type", { body: verdict });
  yield added("an entry of the server of the wrong kind", { kind: "bot", body: verdict });
  yield added("a member who never joined", { sender: "p9", kind: "user", body: { text: "hi" } });
  const early = { sender: spoken.sender, kind: "user" as const, body: { text: "hi" } };
  yield added("a member before it joined", early, "speakers", join.id - 1);
  yield added("a member's post with a cause", { ...early, cause: at });
  yield added("a member's post of the wrong kind", { ...early, kind: "bot" });
  yield added("a second opening", { body: entries[0]!.body });
  yield added("a second announcement", { body: attach.body });
  yield added("a second manifest", { body: typed("bot:manifest").body });
  yield added("a pause without a reason", {
    kind: "control",
    body: { type: "bot:paused", bot_id, kills: 3, text: "" },
    cause: said.cause,
  });
  const left = { type: "member_left", player_id: "p9", slot_id: "s0", display_name: "?" };
  yield added("a player without a seat leaves", { body: left });
  const player_id = String(join.body!.player_id);
  yield added("a player joins twice", { body: join.body });
  yield forge(genuine, "a former member posts, signed anew", ({ file }) => {
    const joined = entries.find(({ body }) => body?.player_id === spoken.sender)!;
    const { player_id, slot_id, display_name } = joined.body!;
    const body = { type: "member_left", player_id, slot_id, display_name } as JsonObject;
    file.entries.splice(spoken.id - 1, 0, { ...entries[0]!, body, ts: spoken.ts });
    return ["speakers", spoken.id + 1];
  }, SERVER_KEY);
  const noted = { type: "bot:evidence", bot_id, hook: "on_message", exchanges: [] };
  const timer = typed("bot:timer");
  const ofGone = { ...timer.body, bot_id: end.body!.bot_id! };
  yield added("a timer of a bot that has ended", { body: ofGone, cause: end.cause });
  yield added("an entry of the server with an extra field", {
    body: { type: "bot:timer", ...timer.body, text: "p2 is disqualified" },
    cause: timer.cause,
  });
  yield forge(genuine, "a seed missing in the close, signed anew", (forger) => {
    const { op } = forger.ofType("close_applied").body as { op: { seeds: JsonObject[] } };
    op.seeds = op.seeds.filter(({ bot_id: id }) => id !== bot_id);
    return ["speakers", close.id];
  }, SERVER_KEY);
  yield added("evidence without exchanges", { kind: "control", body: noted, cause: said.cause });
  const ended = { type: "bot:end", bot_id, result: { winner: "p2" }, seed: "00".repeat(32) };
  yield added("an end without a cause", { body: ended });
  yield added("an end after the end", { body: end.body, cause: at });
  yield forge(genuine, "a post after the close, signed anew", ({ file }) => {
    file.entries.push({ ...spoken, ts: close.ts, id: 0 });
    return ["speakers", close.id + 1];
  }, SERVER_KEY);
  for (const { id, to, body } of entries) {
    if (to || !body) continue;
    yield forge(
      genuine,
      `the body of entry ${id}, which everyone may read, withheld`,
      ({ file }) => {
        const entry = file.entries[id - 1]!;
        entry.body_hash = bodyHash(hexToBytes(entry.salt!), body);
        delete entry.body;
        delete entry.salt;
        return ["speakers", id];
      },
    );
  }
  for (const type of ["bot:attach", "member_joined", "bot:end", "close_applied"]) {
    const { id } = typed(type);
    yield forge(genuine, `${type} addressed to one player, signed anew`, ({ file }) => {
      file.entries[id - 1]!.to = [player_id];
      return ["speakers", id];
    }, SERVER_KEY);
  }
  yield forge(genuine, "a bot removed from a sealed channel, signed anew", (forger) => {
    const opening = forger.file.entries[0]!;
    opening.body = { ...opening.body, sealed: true };
    forger.file.entries.splice(at, 0, {
      ...opening,
      body: { type: "bot:detach", bot_id, seed: "00".repeat(32), cursor: null },
      ts: close.ts,
    });
    return ["speakers", close.id];
  }, SERVER_KEY);
  yield forge(genuine, "fewer hooks than the source has, signed anew", (forger) => {
    const manifest = forger.ofType("bot:manifest");
    const { manifest_excerpt } = manifest.body as { manifest_excerpt: JsonObject };
    manifest.body = { ...manifest.body, manifest_excerpt: { ...manifest_excerpt, hooks: [] } };
    return ["speakers", said.id];
  }, SERVER_KEY);
  yield forge(genuine, "a failure after the hook's post, signed anew", ({ file }) => {
    const { id } = rolledIn(file);
    const { cause, body, ts } = file.entries[id - 1]!;
    file.entries[id - 1]!.body = { ...body, die: 1 + Number(body!.die) % 6 };
    const failed = {
      type: "bot:failed",
      bot_id,
      hook: "on_message",
      reason: "killed",
      after_ms: 1,
    };
    const control = { ...entries[0]!, kind: "control" as const, body: failed, cause, ts };
    file.entries.splice(id, 0, control);
    return ["speakers", id + 1];
  }, SERVER_KEY);
  const again = { body: timer.body, cause: timer.cause };
  yield added("a timer that fires twice", again, "speakers", timer.id);
  for (const field of ["round", "signature"]) {
    const hostile = {
      type: "beacon",
      round: 1,
      signature: "",
      [field]: { toString: 1, valueOf: 1 },
    };
    yield added(`an invalid ${field}`, { body: hostile as JsonObject });
  }
  yield forge(genuine, "a field that no hash covers", ({ file }) => {
    Object.assign(file.entries[spoken.id - 1]!, { verdict: "p2 wins" });
    return ["format", spoken.id];
  });
  let deep: JsonObject = {};
  for (let i = 0; i < 100; i++) deep = { deep };
  yield forge(genuine, "a body that nests too deep", ({ file }) => {
    file.entries[spoken.id - 1]!.body = deep;
    return ["hashes", spoken.id];
  });
}

function rolledIn({ entries }: ChannelExport): ExportedEntry {
  return entries.find(({ sender, body }) => sender.startsWith("bot:") && body?.type === "rolled")!;
}
