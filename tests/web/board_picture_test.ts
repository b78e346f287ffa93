/** `GET /channels/<id>.svg`: the position of a channel, for those who may watch it. */
import assert from "node:assert/strict";
import { ofType, type Player, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const TIC_TAC_TOE = {
  slots: ["bot:referee", "invite:a", "invite:b"],
  bot_preset: "TicTacToe",
  visibility: "public",
};

async function place(player: Player, value: number): Promise<void> {
  const { channel_id } = player;
  const move = { channel_id, game: "tictactoe", action: "place", value };
  const { msg_id } = await player.call("make_game_move", move);
  await player.readUntil(({ cause, body }: Wire) => cause === msg_id && body?.view);
}

Deno.test("GET /channels/<id>.svg", async (t) => {
  await using server = await testServer();
  const picture = async (channelId: string, query = "", headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.url}/channels/${channelId}.svg${query}`, { headers });
    return { response, status: response.status, svg: await response.text() };
  };
  const marks = (svg: string) => svg.match(/>[XO]</g)?.length ?? 0;

  await t.step("is the position of a public game, and changes with it", async () => {
    const { players, created: { channel_id } } = await roomOf(server.url, {
      ...TIC_TAC_TOE,
      spectators: "public",
    }, 2);
    const [ada, bob] = players as [Player, Player];
    await ada.readUntil(ofType("bot:turn"));
    await place(ada, 5);
    const { response, svg } = await picture(channel_id);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "image/svg+xml; charset=utf-8");
    assert.match(response.headers.get("content-security-policy")!, /^default-src 'none'/);
    assert.match(response.headers.get("cache-control")!, /^public, max-age=\d+$/);
    assert.equal(response.headers.get("cross-origin-resource-policy"), "cross-origin");
    assert.ok(svg.startsWith("<svg ") && svg.length < 8 * 1024);
    assert.equal(marks(svg), 1);
    assert.match(svg, /to move/);
    const etag = response.headers.get("etag")!;
    const same = await picture(channel_id, "", { "if-none-match": etag });
    assert.deepEqual([same.status, same.svg], [304, ""]);
    const dark = await picture(channel_id, "?theme=dark", { "if-none-match": etag });
    assert.equal(dark.status, 200);
    assert.notEqual(dark.svg, svg);
    await place(bob, 1);
    const next = await picture(channel_id, "", { "if-none-match": etag });
    assert.deepEqual([next.status, marks(next.svg)], [200, 2]);
    await ada.call("make_game_move", { channel_id, game: "tictactoe", action: "concede" });
    await ada.readUntil(ofType("bot:end"));
    assert.match((await picture(channel_id)).svg, /The game is over\./);
  });

  await t.step("is as far behind as spectators are", async () => {
    const { players, created: { channel_id } } = await roomOf(server.url, {
      ...TIC_TAC_TOE,
      spectators: "public",
      spectator_delay: 200,
    }, 2);
    await players[0]!.readUntil(ofType("bot:turn"));
    await place(players[0]!, 5);
    const { status, svg, response } = await picture(channel_id);
    assert.deepEqual([status, marks(svg)], [200, 0]);
    assert.doesNotMatch(svg, /to move/);
    const etag = response.headers.get("etag")!;
    await place(players[1]!, 1);
    assert.equal((await picture(channel_id, "", { "if-none-match": etag })).status, 304);
  });

  await t.step("needs the token where spectators need it, and is refused otherwise", async () => {
    const { created, players } = await roomOf(server.url, {
      ...TIC_TAC_TOE,
      visibility: "private",
      spectators: "link",
    }, 2);
    await players[0]!.readUntil(ofType("bot:turn"));
    const { channel_id, spectate_token } = created;
    const seen = await picture(channel_id, `?token=${spectate_token}`);
    assert.equal(seen.status, 200);
    assert.equal(seen.response.headers.get("cache-control"), "private, no-cache");
    const unknown = await picture("chn_AAAAAAAAAAAAAAAAAAAAAA");
    for (const query of ["", "?token=spectate_AAAAAAAAAAAAAAAAAAAAAA"]) {
      const { status, svg } = await picture(channel_id, query);
      assert.deepEqual([status, svg], [404, unknown.svg]);
    }
  });
});
