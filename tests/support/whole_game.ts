/** A guessing game from the first call to the proof, over any transport of the two players. */
import assert from "node:assert/strict";
import { sha256Hex, type Wire } from "./player.ts";

export interface Caller {
  /** Calls an operation and returns its output. */
  call(name: string, args: Record<string, unknown>): Promise<Wire>;
}

/** `host` creates the channel and joins first, so that it has the first move; both play until the
 *  end. Asserts that the referee ran the announced source, and that the number matches its
 *  commitment. */
export async function playWholeGame(host: Caller, guest: Caller): Promise<void> {
  const { channel_id, invites, bots: [bot] } = await host.call("create_channel", {
    name: "A whole game",
    slots: ["bot:referee", "invite:host", "invite:guest"],
    bot_preset: "GuessBot",
    bot_params: { range: [1, 15] },
  });
  const players = new Map<string, Caller>();
  for (const [i, player] of [host, guest].entries()) {
    const { player_id } = await player.call("join_channel", { invite_code: invites[i] });
    players.set(player_id, player);
  }
  const { source } = await guest.call("get_bot_code", { channel_id, bot_id: bot.bot_id });
  assert.equal(bot.code_hash, `sha256:${await sha256Hex(source)}`);

  const seen = new Map<string, Wire>();
  let [low, high, cursor] = [1, 15, 0];
  while (!seen.has("game_end")) {
    const read = await host.call("sync_messages", { channel_id, cursor });
    assert.ok(read.messages.length > 0, "nothing came");
    cursor = read.cursor;
    for (const { body } of read.messages) {
      seen.set(body.type, body);
      if (body.type === "judge" && body.result === "low") low = body.guess + 1;
      if (body.type === "judge" && body.result === "high") high = body.guess - 1;
      if (body.type !== "bot:turn") continue;
      const value = Math.floor((low + high) / 2);
      const move = { channel_id, game: "guess", action: "guess", value };
      await players.get(body.player)!.call("make_game_move", move);
    }
  }
  assert.equal(seen.get("judge").result, "correct");
  const { target, salt, commit } = seen.get("bot:reveal");
  assert.equal(commit, seen.get("bot:commit").commit);
  assert.equal(await sha256Hex(`${target}${salt}`), commit);
}
