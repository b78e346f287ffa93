/** Plays, over HTTP against a real server, a sealed channel in which a player claims a game, and
 *  both players ask for a rematch. */
import { ChannelExport } from "../../src/domain/proof/channel_export.ts";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { claimOnceHeard, movableClock, signedInAgain } from "../support/claiming.ts";
import { ofType, type Player, roomOf } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf } from "../support/verifier.ts";
import { SERVER_KEY } from "./genuine.ts";

/** The export for the first player. */
export async function claimedRematch(): Promise<ChannelExport> {
  const { clock, clocks } = movableClock();
  await using server = await testServer({ signingKey: SERVER_KEY }, clocks);
  const slots = ["bot:referee", "invite:ann", "invite:bob"];
  const wanted = { slots, bot_preset: "GuessBot", sealed: true };
  const { players } = await roomOf(server.url, wanted, 2);
  await players[1]!.readUntil(ofType("bot:turn", { player: "p1" }));
  clock.ms += CHANNEL_LIMITS.claimMs - 1_000;
  const again = (player: Player) => signedInAgain(server.url, player);
  const [ann, bob] = [await again(players[0]!), await again(players[1]!)];
  clock.ms += 1_000;
  await claimOnceHeard(bob);
  await bob.readUntil(ofType("bot:end"));
  for (const player of [ann, bob]) {
    const { channel_id } = player;
    await player.call("update_channel", { channel_id, ops: [{ type: "rematch" }] });
  }
  await bob.readUntil(ofType("bot:turn", { player: "p2" }));
  return ChannelExport.parse(JSON.parse(await exportOf(ann)));
}
