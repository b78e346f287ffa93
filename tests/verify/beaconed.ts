/** Plays a channel with public randomness over HTTP against a real server. */
import { ChannelExport } from "../../src/domain/proof/channel_export.ts";
import type { DrandNetwork } from "../support/drand_network.ts";
import { ofType, Player, roomOf } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf } from "../support/verifier.ts";
import { SERVER_KEY } from "./genuine.ts";

const DICE = `export default class Dice {
  constructor(ctx) { this.ctx = ctx; }
  on_init() { this.#roll("ready"); }
  on_join(player) { this.#roll(player); }
  on_message(msg) { if (msg.kind === "user") this.#roll(msg.sender); }
  #roll(by) { this.ctx.post("bot", { type: "rolled", by, die: 1 + Math.floor(Math.random() * 1e9) }); }
}`;

/** Alice joins and plays, Bob joins later and plays, and the host closes the channel. Returns the
 *  export for Alice. */
export async function beaconedChannel({ chain, origin }: DrandNetwork): Promise<ChannelExport> {
  await using server = await testServer({
    signingKey: SERVER_KEY,
    beacon: { used: true, chain: chain.hash, relays: [origin] },
  });
  const { host, players: [alice], created } = await roomOf(server.url, {
    slots: ["bot:dice", "invite:alice", "invite:bob"],
    bots: [{ inline_code: DICE }],
  }, 1);
  await alice!.say({ roll: 1 });
  await alice!.readUntil(ofType("rolled", { by: alice!.player_id }));
  await alice!.say({ roll: 2 });
  await alice!.readUntil(ofType("rolled"));
  const bob = await Player.at(server.url);
  await bob.join(created.invites[1]);
  await bob.say({ roll: 3 });
  const rolled = (m: { cause?: number }) => m.cause !== undefined && ofType("rolled")(m);
  await bob.readUntil((m) => rolled(m) && m.body.by === bob.player_id);
  const { msg_id } = await bob.say({ roll: 4 });
  await bob.readUntil(({ cause }) => cause === msg_id);
  await host.call("update_channel", { channel_id: host.channel_id, ops: [{ type: "close" }] });
  return ChannelExport.parse(JSON.parse(await exportOf(alice!)));
}
