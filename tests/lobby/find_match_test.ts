/** Strangers meet by find_match and play to the end, in the real sandbox. */
import assert from "node:assert/strict";
import { NaivePlayer } from "../play/naive_player.ts";
import { mcpClient } from "../support/mcp_clients.ts";
import { Player, refuses, signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { secondVerdicts } from "../verify/second_verifier.ts";

Deno.test("two players who know nothing but next meet and play tic-tac-toe to the end", async () => {
  await using server = await testServer();
  const wish = { bot_preset: "tictactoe", display_name: "Robin", timeout_ms: 45_000 };
  const doors = [["v1", "/mcp"], ["v2 modern", "/mcp/play"]] as const;
  const seats = await Promise.all(doors.map(async ([kind, path]) => {
    const token = await signIn(server.url);
    await using mcp = await mcpClient(kind, server.url + path, token);
    const player = new NaivePlayer(mcp, {});
    let answer = await player.call("find_match", wish);
    while (answer.status === "waiting") answer = await player.call("find_match", wish);
    player.channel_id = answer.channel_id;
    const last = await player.playOn(answer);
    assert.match(last.next, /game is over/);
    assert.match(last.next, /For another opponent, call find_match\./);
    assert.equal(/rematch/.test(last.next), path === "/mcp", "which /mcp/play has not");
    return { answer, rest: new Player(server.url, token), mcp };
  }));
  const [a, b] = seats.map(({ answer }) => answer) as [Wire, Wire];
  assert.deepEqual([a.status, b.status], ["matched", "matched"]);
  assert.equal(a.channel_id, b.channel_id);
  assert.equal(a.bots[0].name, "TicTacToe");
  // The bot has ended, so any player closes the channel, which has no host.
  const { rest } = seats[0]!;
  const { channel_id } = a;
  const ended = await rest.call("get_channel_info", { channel_id, rejoin_token: a.rejoin_token });
  assert.ok(ended.bots.every((bot: Wire) => bot.ended));
  const names = ended.view.slots.map(({ display_name }: Wire) => display_name);
  assert.deepEqual(names.toSorted().filter(Boolean), ["Robin", "Robin 2"]);
  const closed = await rest.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  assert.equal(closed.view.closed, true);
  const { ok, report } = await rest.call("verify_channel", { channel_id });
  assert.ok(ok, JSON.stringify(report));
  const { url } = await rest.call("export_channel", { channel_id });
  const file = await (await fetch(url)).json();
  assert.deepEqual(file.entries[0].body.match, { rated: false });
  const checked = await secondVerdicts([{ file, receipts: [] }]);
  assert.deepEqual(checked, [{}], "the second verifier agrees");
});

Deno.test("a ticket outlives a restart, and the match's seat its player's client", async () => {
  await using server = await testServer();
  const wish = { bot_preset: "builtin://GuessBot", params: { range: [1, 3] }, timeout_ms: 0 };
  const [ann, bob] = [await Player.at(server.url), await Player.at(server.url)];
  const first = await ann.call("find_match", wish);
  assert.equal(first.status, "waiting");
  await server.restart();
  for (const player of [ann, bob]) player.moveTo(server.url);
  assert.equal((await ann.call("find_match", wish)).ticket, first.ticket);
  const theirs = await bob.call("find_match", wish);
  assert.equal(theirs.status, "matched");
  await server.restart();
  for (const player of [ann, bob]) player.moveTo(server.url);
  const mine = await ann.call("find_match", { ticket: first.ticket });
  assert.deepEqual([mine.status, mine.channel_id], ["matched", theirs.channel_id]);
  const { channel_id } = mine;
  // A player who signs in anew comes back with the token.
  const again = await Player.at(server.url);
  await again.join(mine.rejoin_token);
  const players = [again, Object.assign(bob, { channel_id })];
  for (let over = false; !over;) {
    for (const player of players) {
      const { why, ranges } = await player.call("wait_for_turn", { channel_id, timeout_ms: 1_000 });
      if (why === "over") over = true;
      else if (why === "your_turn") await player.guess(ranges.guess.min);
    }
  }
  await refuses(
    bob.call("find_match", { ...wish, params: { range: [3, 1] } }),
    "BOT_REJECTED",
  );
});
