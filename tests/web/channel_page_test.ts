/** The page of a channel: complete without script, and live with it. */
import assert from "node:assert/strict";
import axe from "axe-core";
import { CHROMIUM, openChromium } from "../support/chromium.ts";
import { ofType, type Player, roomOf } from "../support/player.ts";
import { startProcess } from "../support/process.ts";
import { testServer } from "../support/server.ts";

const PAGE = { headers: { accept: "text/html" } };
const HOSTILE = `<script>alert(1)</script><img src=x onerror=alert(2)>\u202egnp.exe "'&`;

Deno.test("the page of a channel without script", async (t) => {
  await using server = await testServer();
  const { players: [ada, bob], created: { channel_id }, host } = await roomOf(server.url, {
    name: "<b>Tea</b>",
    slots: ["bot:referee", "invite:a", "invite:b"],
    bot_preset: "TicTacToe",
    visibility: "public",
    spectators: "public",
  }, 2);
  const address = `${server.url}/channels/${channel_id}`;

  await t.step("it has board, turn, log, members and referee, and nothing hostile", async () => {
    await ada!.readUntil(ofType("bot:turn"));
    await ada!.say(HOSTILE);
    await ada!.call("post_message", { channel_id, body: "whispered", to: [bob!.player_id] });
    const response = await fetch(address, PAGE);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.deepEqual(response.headers.getSetCookie(), [], "looking sets no cookie");
    const html = await response.text();
    assert.match(html, /<figure class="board" data-kind="grid">|<pre class="board"/);
    assert.match(html, /role="status">[^<]* to move\.</);
    for (const part of ["Log", "Members", "Referee", "TicTacToe"]) assert.ok(html.includes(part));
    assert.doesNotMatch(html, /<script>|<img|<b>Tea|whispered/);
    assert.match(response.headers.get("content-security-policy")!, /script-src 'self';/);
  });

  await t.step("the referee's source is a page", async () => {
    const { bots: [{ bot_id, code_hash }] } = await host.call("who", { channel_id });
    const page = await (await fetch(`${address}/source/${bot_id}`, PAGE)).text();
    assert.ok(page.includes(code_hash) && page.includes("class TicTacToe"));
    assert.equal((await fetch(`${address}/source/none`, PAGE)).status, 404);
  });

  await t.step("a channel that a browser may not read is not there", async () => {
    const { created } = await roomOf(server.url, { slots: ["invite:a"], spectators: "link" }, 0);
    const at = `${server.url}/channels/${created.channel_id}`;
    const hidden = await fetch(at, PAGE);
    const none = await fetch(`${server.url}/channels/chn_none`, PAGE);
    assert.equal(hidden.status, 404);
    assert.equal(await hidden.text(), await none.text());
    const linked = await fetch(`${at}?spectate=${created.spectate_token}`, PAGE);
    assert.equal(linked.status, 200);
    assert.match(await linked.text(), /events\?spectate=spectate_/);
  });
});

Deno.test({
  name: "the page of a channel shows each move at once, in Chromium",
  ignore: CHROMIUM === undefined,
  async fn(t) {
    const server = await startProcess({ KV_URL: ":memory:", RATE_LIMITS: "off" });
    const browser = await openChromium({});
    try {
      const { players, created: { channel_id } } = await roomOf(server.url, {
        name: "Live",
        slots: ["bot:referee", "invite:a", "invite:b"],
        bot_preset: "TicTacToe",
        visibility: "public",
        spectators: "public",
      }, 2);
      const faults: string[] = [];
      const page = await browser.newPage();
      page.on("pageerror", (error) => faults.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") faults.push(message.text());
      });
      let loads = 0;
      page.on("load", () => loads++);
      await page.goto(`${server.url}/channels/${channel_id}`);
      const shows = (text: string) =>
        page.waitForFunction(
          `document.querySelector("#channel").innerText.includes(${JSON.stringify(text)})`,
        );

      await t.step("each move of two agents, without a reload", async () => {
        await shows("Live: what is said");
        const moves = [1, 4, 2, 5, 3];
        for (const [turn, value] of moves.entries()) {
          const player = await next(players);
          await player.call("make_game_move", {
            channel_id,
            game: "tictactoe",
            action: "place",
            value,
          });
          await shows(`place ${value}`);
          if (turn < moves.length - 1) await player.readUntil(ofType("bot:turn"));
        }
        await shows("The game is over.");
        assert.equal(loads, 1);
      });
      await t.step("a hostile message is text", async () => {
        await players[0]!.say(HOSTILE);
        await shows("onerror=alert(2)");
        assert.equal(await page.$("#channel img, #channel script"), null);
      });
      await t.step("axe-core finds nothing, and the console has no error", async () => {
        for (const theme of ["light", "dark"]) {
          await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
          const { violations } = await page.evaluate(`${axe.source}; axe.run()`) as axe.AxeResults;
          const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html)}`);
          assert.deepEqual(found, [], theme);
        }
        assert.deepEqual(faults, []);
      });
    } finally {
      await browser.close();
      await server.kill("SIGTERM");
    }
  },
});

/** The player who has the turn. */
async function next(players: Player[]): Promise<Player> {
  const { channel_id } = players[0]!;
  const waiting = players.map(async (player) => {
    const answer = await player.call("wait_for_turn", { channel_id, timeout_ms: 0 });
    return answer.why === "your_turn" ? player : null;
  });
  const found = (await Promise.all(waiting)).find((player) => player !== null);
  return found ?? await next(players);
}
