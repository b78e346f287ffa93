/** Calls that a server refuses: each operation with each code that is its own, and that a caller
 *  can cause at will. */
import type { RefusalCode } from "../../src/kernel/refusal.ts";
import { OPERATIONS } from "../../src/operations/all.ts";
import type { Operation } from "../../src/operations/operation.ts";
import { Player } from "./player.ts";

export interface RefusedCall {
  operation: string;
  code: RefusalCode;
  by: Player;
  input: Record<string, unknown>;
}

/** What each operation takes beside the channel and the token. */
const INPUTS: Record<string, Record<string, unknown>> = {
  post_message: { body: "hello" },
  make_game_move: { game: "echo", action: "say" },
  wait_for_turn: { timeout_ms: 0 },
  sync_messages: { timeout_ms: 0 },
  get_channel_info: {},
  show_board: {},
  get_bot_code: { bot_id: "bot_EchoBot_0" },
  get_evidence: { msg_id: 1, body_hash: `sha256:${"0".repeat(64)}` },
  get_proof: { id: 1 },
  export_channel: {},
  verify_channel: {},
  attach_bot: { bot: { code_ref: "builtin://EchoBot" } },
  debug_bot: { bot_id: "bot_EchoBot_0" },
  update_channel: { ops: [{ type: "rename", name: "another" }] },
  leave_channel: {},
};

/** The operations on a channel, those that need the most last. */
export const ON_A_CHANNEL: readonly Operation[] = OPERATIONS.filter(({ needs }) => needs);

/** The whole input of an operation on a channel. */
export function inputOf({ name }: Operation, channel_id: string): Record<string, unknown> {
  return { channel_id, ...INPUTS[name] };
}

/** Everything that the calls need: channels in each state, and players in each relation to them. */
export async function refusedCalls(url: string): Promise<RefusedCall[]> {
  const [host, guest, other, stranger, leaver] = await Promise.all(
    Array.from({ length: 5 }, () => Player.at(url)),
  ) as [Player, Player, Player, Player, Player];
  const create = async (more: Record<string, unknown>) =>
    await host.call("create_channel", { name: "room", slots: ["invite:a"], ...more });
  const room = await create({
    slots: ["bot:echo", "invite:a", "invite:b", "invite:c", "invite:d"],
    bot_preset: "EchoBot",
  });
  const { channel_id, invites: [one, two, three, four] } = room;
  await guest.join(one);
  await guest.call("join_channel", { invite_code: two });
  await other.join(three);
  const banned = await Player.at(url);
  await banned.join(four);
  const { player_id } = other;
  await host.call("update_channel", {
    channel_id,
    ops: [
      { type: "mute", player_id },
      { type: "ban", player_id: banned.player_id },
      { type: "add_slot", kind: "invite" },
    ],
  });
  const { invites: [fresh] } = await host.call("update_channel", {
    channel_id,
    ops: [{ type: "new_invite", slot_id: "s4" }],
  });
  const left = await create({});
  await leaver.join(left.invites[0]);
  await leaver.call("leave_channel", { channel_id: left.channel_id });
  const closed = await create({ slots: ["invite:a", "invite:b"] });
  await stranger.join(closed.invites[0]);
  await host.call("update_channel", { channel_id: closed.channel_id, ops: [{ type: "close" }] });
  const sealed = await create({ slots: ["bot:a"], bot_preset: "EchoBot", sealed: true });

  const calls: RefusedCall[] = [];
  const add = (
    operation: string,
    code: RefusalCode,
    by: Player,
    input: Record<string, unknown>,
  ) => void calls.push({ operation, code, by, input });

  for (const operation of ON_A_CHANNEL) {
    const { name, needs } = operation;
    const input = inputOf(operation, channel_id);
    const { rejoin_token } = guest;
    add(name, "CHANNEL_NOT_FOUND", stranger, input);
    add(name, "NOT_MEMBER", leaver, inputOf(operation, left.channel_id));
    add(name, "SEAT_AMBIGUOUS", guest, input);
    add(name, "REJOIN_TOKEN_INVALID", guest, { ...input, rejoin_token: "rejoin_none" });
    if (needs === "admin") add(name, "NOT_ADMIN", guest, { ...input, rejoin_token });
  }
  for (const name of ["post_message", "make_game_move"]) {
    add(name, "MUTED", other, { channel_id, ...INPUTS[name] });
    add(name, "CHANNEL_CLOSED", stranger, { channel_id: closed.channel_id, ...INPUTS[name] });
  }
  const broken = { inline_code: "class {" };
  const lost = { code_ref: "builtin://Mars" };

  add("create_channel", "BOT_REJECTED", host, {
    ...{ name: "x", slots: ["bot:a"], sealed: true, bots: [broken] },
  });
  add("create_channel", "BOT_NOT_FOUND", host, {
    ...{ name: "x", slots: ["bot:a"], bot_preset: "Mars" },
  });
  add("join_channel", "INVITE_INVALID", stranger, { invite_code: "inv_none" });
  add("join_channel", "REJOIN_TOKEN_INVALID", stranger, { invite_code: "rejoin_none" });
  add("join_channel", "SLOT_ALREADY_FILLED", stranger, { invite_code: one });
  add("join_channel", "CHANNEL_NOT_FOUND", stranger, { channel_id: "chn_none" });
  add("join_channel", "CHANNEL_CLOSED", other, { invite_code: closed.invites[1] });
  add("join_channel", "NOT_MEMBER", banned, { invite_code: fresh });
  add("find_match", "BOT_NOT_FOUND", host, { bot_preset: "Mars" });
  add("find_match", "BOT_REJECTED", host, { bot_preset: "GuessBot", params: { range: 7 } });
  add("find_match", "INVITE_INVALID", host, { challenge: "challenge_none" });
  const wish = { bot_preset: "TicTacToe", timeout_ms: 0 };
  const { ticket } = await leaver.call("find_match", wish);
  await other.call("find_match", wish);
  const { channel_id: paired } = await leaver.call("find_match", { ticket });
  await leaver.call("leave_channel", { channel_id: paired });
  add("find_match", "NOT_MEMBER", leaver, { ticket });
  add("get_bot_code", "BOT_NOT_FOUND", other, { channel_id, bot_id: "none" });
  add("list_bots", "BOT_NOT_FOUND", host, { name: "chess of Mars" });

  add("attach_bot", "BAD_OP", host, {
    channel_id,
    bot: { code_ref: "builtin://EchoBot", slot: "s9" },
  });
  add("attach_bot", "BOT_NOT_FOUND", host, { channel_id, bot: lost });
  add("attach_bot", "BOT_REJECTED", host, { channel_id, bot: broken });
  add("attach_bot", "CHANNEL_CLOSED", host, { channel_id: closed.channel_id, bot: broken });
  add("attach_bot", "CHANNEL_SEALED", host, {
    channel_id: sealed.channel_id,
    ...INPUTS.attach_bot,
  });
  const { bots: [bot] } = room;
  const { bots: [sealedBot] } = sealed;
  const emit_hook = { hook: "on_timer", args: ["move"] };
  add("debug_bot", "BAD_OP", host, { channel_id, bot_id: bot.bot_id, emit_hook });
  add("debug_bot", "BOT_NOT_FOUND", host, { channel_id, bot_id: "none" });
  add("debug_bot", "CHANNEL_SEALED", host, {
    channel_id: sealed.channel_id,
    bot_id: sealedBot.bot_id,
  });
  const change = (where: string, op: Record<string, unknown>) => ({ channel_id: where, ops: [op] });
  const set_bot = { type: "set_bot", bot_def: broken };
  add("update_channel", "BAD_OP", host, change(channel_id, { type: "yield_slot", slot_id: "s9" }));
  add(
    "update_channel",
    "BOT_NOT_FOUND",
    host,
    change(channel_id, { type: "remove_bot", bot_id: "none" }),
  );
  add("update_channel", "BOT_REJECTED", host, change(channel_id, set_bot));
  add(
    "update_channel",
    "CHANNEL_CLOSED",
    host,
    change(closed.channel_id, { type: "rename", name: "x" }),
  );
  add("update_channel", "CHANNEL_SEALED", host, change(sealed.channel_id, set_bot));
  return calls;
}
