/** `kill -9` around the end of a rated game: whether the result was recorded before or is after the
 *  next start, it counts once. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { ofType, Player, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import { checkStore } from "../support/server.ts";
import { signedIn } from "../support/signed_in.ts";

const ENV = { RATE_LIMITS: "off" };

/** Access tokens of people, in a database that no server has open. */
async function tokensIn(path: string, names: string[]): Promise<string[]> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const kv = await Deno.openKv(path);
  try {
    return await signedIn(kv, names);
  } finally {
    kv.close();
  }
}

Deno.test("kill -9 between the end of a rated game and its record: it counts once", async () => {
  await using file = dataFile();
  const tokens = await tokensIn(file.path, ["ada", "bob"]);
  const env = { KV_URL: file.path, ...ENV };
  const games = 4;
  let server = await startProcess(env);
  try {
    for (let game = 0; game < games; game++) {
      const [ada, bob] = tokens.map((token) => new Player(server.url, token)) as [Player, Player];
      const { invites } = await ada.call("create_channel", {
        name: "rated",
        slots: ["bot:referee", "invite:a", "invite:b"],
        bot_preset: "GuessBot",
        sealed: true,
        rated: true,
      });
      await ada.join(invites[0]);
      await bob.join(invites[1]);
      await ada.readUntil(ofType("bot:turn"));
      // The referee may be at work on the end, or the end may be committed and not recorded.
      const leaving = bob.call("leave_channel", { channel_id: bob.channel_id });
      if (game % 2 === 0) await leaving;
      else await Promise.all([leaving, ada.readUntil(ofType("bot:end"))]);
      const hosts = await server.children();
      await server.kill("SIGKILL");
      await gone(hosts);
      server = await startProcess(env);
      ada.moveTo(server.url);
    }
    const ada = new Player(server.url, tokens[0]!);
    let ladder: Wire;
    do {
      await new Promise((later) => setTimeout(later, 100));
      ladder = await ada.call("leaderboard", { ladder: "GuessBot" });
    } while (ladder.results.length < games);
    assert.equal(ladder.results.length, games);
    assert.deepEqual(ladder.players.map((row: Wire) => row.games), [games, games]);
    assert.equal(new Set(ladder.results.map((row: Wire) => row.channel_id)).size, games);
    assert.equal(ladder.you.rating, ladder.players[0].rating, "Ada has won them all");
  } finally {
    await server.kill("SIGTERM");
  }
  await checkStore(file.path);
});
