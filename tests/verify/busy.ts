/** Plays, over HTTP against a real server, a channel with all entries that a server writes without
 *  public randomness: bots are attached, use the network, fail, are killed, paused, resumed,
 *  replaced and removed; timers fire; members whisper; the bots' budget is spent; members join,
 *  leave, are muted, kicked and banned, slots are added, one seat is taken over, a spectator
 *  speaks, and an admin looks into a bot, sets its state and calls a hook of it. */
import { ChannelExport } from "../../src/domain/proof/channel_export.ts";
import { ofType, Player, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf } from "../support/verifier.ts";
import { webServer } from "../support/web_server.ts";
import { SERVER_KEY } from "./genuine.ts";

const KEEPER = `export default class Keeper {
  static manifest = {
    summary: "Keeps the table", net: ["HOST"], params: { level: 1 }, private: true,
  };
  constructor(ctx) { this.ctx = ctx; }
  on_join(player) { this.ctx.post("bot", { type: "welcome", player }); }
  async on_message(msg) {
    if (msg.body.ping !== undefined) this.ctx.post("bot", { ping: msg.body.ping + 1 });
    if (msg.kind !== "user") return;
    this.ctx.set_state({ count: (this.ctx.get_state()?.count ?? 0) + 1 });
    if (msg.body.ask) await fetch(msg.body.ask);
    if (msg.body.fail) throw new Error("asked to");
    if (msg.body.wake !== undefined) this.ctx.set_timer("wake", msg.body.wake);
    const large = new Uint8Array(8e6);
    while (msg.body.hang) await crypto.subtle.digest("SHA-512", large);
    if (msg.to) this.ctx.post("bot", { type: "heard" }, { to: [msg.sender] });
    this.ctx.post("bot", { type: "counted" });
  }
  on_timer(name) { this.ctx.post("bot", { type: "woke", name }); }
}`;
/** A bot that sends its sealed value to a site and answers pings. */
const TELLER = `export default class Teller {
  static manifest = { summary: "Tells", net: ["HOST"] };
  constructor(ctx) { this.ctx = ctx; }
  async on_message(msg) {
    if (msg.body.ping !== undefined) this.ctx.post("bot", { ping: msg.body.ping + 1 });
    if (msg.kind === "user" && msg.body.tell) await fetch("ORIGIN/echo?key=" + this.ctx.env.KEY);
  }
}`;
const QUIET = `export default class Quiet {
  constructor(ctx) { this.ctx = ctx; }
  on_message(msg) { if (msg.body.done) this.ctx.end({ winner: "p1" }); }
}`;

export interface Busy {
  /** Exports of the closed channel: for Alice, who whispered; for Dave, who may read no whisper;
   *  and for a spectator. */
  alice: ChannelExport;
  dave: ChannelExport;
  spectator: ChannelExport;
  /** The export for Alice, directly before the close. */
  open: ChannelExport;
}

export async function busyChannel(): Promise<Busy> {
  await using site = webServer();
  await using server = await testServer({
    botNetwork: "http",
    testNetwork: { loopback: true, caCerts: [] },
    hookTimeoutMs: 3_000,
    signingKey: SERVER_KEY,
  });
  const at = (source: string) =>
    source.replaceAll("HOST", site.host).replaceAll("ORIGIN", site.origin);
  const { host, players: [alice, bob], created } = await roomOf(server.url, {
    slots: ["bot:keeper", "bot:teller", "bot:spare", "invite:alice", "invite:bob", "invite:carol"],
    bots: [
      { inline_code: at(KEEPER) },
      { inline_code: at(TELLER), env: { KEY: "a-key-that-nobody-guesses-42" } },
    ],
  }, 2) as { host: Player; players: [Player, Player]; created: Wire };
  const { channel_id } = host;
  const update = (...ops: unknown[]) => host.call("update_channel", { channel_id, ops });
  const whisper = (body: unknown) =>
    alice.call("post_message", { channel_id, body, to: [bob.player_id] });
  let reader = alice;
  const read: Wire[] = [];
  const seen = async (fits: (message: Wire) => boolean) => {
    while (!read.some(fits)) read.push(...await reader.readUntil(() => true));
  };
  /** Waits until a post has caused an entry of a type. */
  const answered = async (type: string, { msg_id }: Wire) =>
    await seen((m) => m.cause === msg_id && ofType(type)(m));

  await update({ type: "rename", name: "busy" });
  await answered("counted", await alice.say({ ask: `${site.origin}/echo?q=price` }));
  await answered("bot:failed", await bob.say({ fail: true }));
  await answered("bot:timer", await alice.say({ wake: 0 }));
  await seen(ofType("woke"));
  const request = await alice.say({ tell: true });
  await answered("bot:evidence", request);
  await answered("counted", request);
  await answered("heard", await whisper({ ask: `${site.origin}/echo?q=secret` }));
  await answered("bot:failed", await whisper({ fail: true }));
  for (let i = 0; i < 3; i++) await answered("bot:failed", await alice.say({ hang: true }));
  await update({ type: "resume_bot", slot_id: "s0" });
  await answered("counted", await alice.say("on we go"));
  await update({ type: "set_admin", slot_id: "s3", admin: true });
  const [carol, dave, erin] = await Promise.all([1, 2, 3].map(() => Player.at(server.url)));
  await carol!.join(created.invites[2]);
  await carol!.call("leave_channel", { channel_id });
  const { invites } = await update({ type: "yield_slot", slot_id: "s4", to: "invite" });
  await dave!.join(invites[0]);
  // Erin takes over Alice's seat with her rejoin token.
  await erin!.join(alice.rejoin_token);
  reader = erin!;
  const bot_def = { inline_code: QUIET };
  await update({ type: "set_bot", slot_id: "s2", bot_def });
  await update({ type: "set_bot", slot_id: "s2", bot_def: { ...bot_def, name: "Second" } });
  // Two of the seats belong to one sign-in, and a ban takes both.
  const { invites: more } = await update(
    { type: "add_slot", kind: "invite", label: "guest" },
    { type: "add_slot", kind: "invite", label: "friend" },
    { type: "add_slot", kind: "invite", label: "late" },
    { type: "new_invite", slot_id: "s8", expires_in_s: 3_600 },
    { type: "revoke_invite", slot_id: "s8" },
  );
  const fred = await Player.at(server.url);
  await fred.join(more[0]);
  const { player_id: first } = fred;
  await fred.join(more[1]);
  await update({ type: "ban", player_id: first, reason: "noise" }, {
    type: "unban",
    player_id: fred.player_id,
  });
  const { invites: [last] } = await update({
    type: "new_invite",
    slot_id: "s6",
    expires_in_s: 3_600,
  });
  const gina = await Player.at(server.url);
  await gina.join(last);
  // What follows stands together only if no bot is answering the joins.
  await seen(ofType("welcome", { player: gina.player_id }));
  await update({ type: "mute", player_id: gina.player_id }, { type: "kick", player_id: "p7" });
  await update({ type: "pause_bot", slot_id: "s1" }, { type: "resume_bot", slot_id: "s1" });
  const [{ bot_id }] = created.bots;
  await host.call("debug_bot", {
    ...{ channel_id, bot_id },
    replace_state: { state: { count: 40 } },
    emit_hook: { hook: "on_timer", args: ["nudge"] },
  });
  await seen(ofType("woke", { name: "nudge" }));
  await update({ type: "remove_bot", slot_id: "s2" });
  await host.call("attach_bot", { channel_id, bot: { ...bot_def, name: "Last" } });
  await dave!.say({ done: true });
  await seen(ofType("bot:end"));
  await dave!.say({ ping: 0 });
  await seen(ofType("bot:budget_spent"));
  await answered("counted", await dave!.say("bye"));
  await update({ type: "set_visibility", visibility: "unlisted", open_seats: true });
  const op = { type: "set_spectators", who: "link", delay: 2, speak: true };
  const { spectate_token: rejoin_token } = await update(op);
  const watcher = await Player.at(server.url);
  const words = { channel_id, body: "well played", display_name: "Wes", rejoin_token };
  await watcher.call("post_message", words);
  const parsed = async (player: Player) => ChannelExport.parse(JSON.parse(await exportOf(player)));
  const open = await parsed(reader);
  await update({ type: "close" });
  await dave!.call("leave_channel", { channel_id });
  const spectator = await parsed(host);
  return { open, spectator, alice: await parsed(reader), dave: { ...spectator, viewer: "p4" } };
}
