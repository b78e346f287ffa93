/** What a claim takes: a clock that tests move, sign-ins that outlive a turn, and patience. */
import type { Clocks } from "../../src/server.ts";
import { Player, type Wire } from "./player.ts";

/** A server's clock, which stands still until a test moves it. */
export function movableClock(): { clock: { ms: number }; clocks: Clocks } {
  const clock = { ms: Date.now() };
  return { clock, clocks: { now: () => new Date(clock.ms), nowMs: () => performance.now() } };
}

/** The same player under a new sign-in: access tokens end sooner than a turn. */
export async function signedInAgain(url: string, player: Player): Promise<Player> {
  const next = await Player.at(url);
  await next.join(player.rejoin_token);
  next.cursor = player.cursor;
  return next;
}

/** Claims the game as soon as the bot has heard what was said before. */
export async function claimOnceHeard(player: Player): Promise<Wire> {
  const { channel_id } = player;
  for (let tries = 0; tries < 500; tries++) {
    try {
      return await player.call("update_channel", { channel_id, ops: [{ type: "claim" }] });
    } catch (error) {
      if (!/has yet to answer/.test(String(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error("the bot has not heard the messages");
}
