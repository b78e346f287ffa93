/** The pages of games, the lobby and the ladders: what they say works, on a real server. */
import assert from "node:assert/strict";
import { Chooser } from "../support/chooser.ts";
import { playLegally } from "../support/legal_player.ts";
import { mcpClient } from "../support/mcp_clients.ts";
import { Player, roomOf, sha256Hex, signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const FOR_PEOPLE = { headers: { accept: "text/html" } };

async function textOf(url: string, status = 200): Promise<string> {
  const response = await fetch(url, FOR_PEOPLE);
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.match(response.headers.get("content-type")!, /^text\/html/);
  return text;
}

function unescaped(text: string): string {
  const names: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => names[name]!);
}

function pasteOf(page: string): string {
  return unescaped(/<pre class="saying"[^>]*><code>([^<]*)/.exec(page)![1]!);
}

Deno.test("pages of games say what works", async (t) => {
  await using server = await testServer();
  const { url } = server;
  const token = await signIn(url);
  await using client = await mcpClient("v2 modern", `${url}/mcp`, token);
  const tools = new Map((await client.listTools()).map((tool) => [tool.name, tool.inputSchema]));

  await t.step(
    "the paste of a game names tools and arguments, and plays it to the end",
    async () => {
      const paste = pasteOf(await textOf(`${url}/games/TicTacToe`));
      assert.ok(paste.includes(`${url}/mcp`));
      const calls: Record<string, string[]> = {
        create_channel: [],
        join_channel: ["invite_code"],
        wait_for_turn: ["channel_id"],
        make_game_move: ["channel_id", "game", "action", "value", "wait_ms"],
      };
      for (const [tool, names] of Object.entries(calls)) {
        assert.ok(paste.includes(tool), tool);
        for (const name of names) {
          assert.ok(paste.includes(name) && tools.get(tool).properties[name], `${tool} ${name}`);
        }
      }
      const input = JSON.parse(/create_channel with (\{.*\})\.$/m.exec(paste)![1]!);
      const host = new Player(url, token);
      const { invites } = await host.call("create_channel", input);
      assert.equal(invites.length, 2);
      await host.join(invites[0]);
      const friend = await Player.at(url);
      await friend.join(invites[1]);
      await Promise.all([playLegally(host, new Chooser(1)), playLegally(friend, new Chooser(2))]);
    },
  );

  await t.step("the home page's words are a call of find_match", async () => {
    const words = pasteOf(await textOf(`${url}/`));
    const [, tool, bot_preset, challenge] =
      /^Call (\w+) with bot_preset (\w+) and challenge (\w+)\./.exec(words)!;
    const { challenge: code } = await client.call(tool!, { bot_preset, challenge });
    assert.ok(code, "a code for a friend");
  });

  await t.step("a source is a page for people, and its exact bytes for programs", async () => {
    const address = `${url}/games/TicTacToe/source`;
    const { bots: [{ code_hash }] } = await client.call("list_bots", { name: "TicTacToe" });
    const bytes = await (await fetch(address)).text();
    assert.equal(`sha256:${await sha256Hex(bytes)}`, code_hash);
    const page = await textOf(address);
    const [, shown] = /<pre class="source"[^>]*><code>([\s\S]*?)<\/code>/.exec(page)!;
    assert.equal(unescaped(shown!.replace(/<\/?span[^>]*>/g, "")).replaceAll("&#x27;", "'"), bytes);
    assert.ok(page.includes(code_hash) && page.includes(`curl -s ${address} | sha256sum`));
    await textOf(`${url}/games/EchoBotPython/source`);
  });

  await t.step("other names of a game lead to its page", async () => {
    const response = await fetch(`${url}/games/noughts%20and%20crosses`, {
      ...FOR_PEOPLE,
      redirect: "manual",
    });
    await response.body?.cancel();
    assert.deepEqual([response.status, response.headers.get("location")], [
      302,
      "/games/TicTacToe",
    ]);
    await textOf(`${url}/games/Nim`, 404);
  });

  await t.step("the home page shows a game in progress that may be watched", async () => {
    const game = { slots: ["bot:referee", "invite:a", "invite:b"], bot_preset: "TicTacToe" };
    const byLink = { ...game, visibility: "public", spectators: "link" };
    const { created: hidden } = await roomOf(url, byLink, 2);
    assert.match(await textOf(`${url}/`), /No public game is being played right now/);
    const lobby = await textOf(`${url}/lobby`);
    assert.match(lobby, /<bdi>room<\/bdi>.*not for everybody to watch/s);
    assert.ok(!lobby.includes(hidden.channel_id), "no link leads to a refusal");
    const { created } = await roomOf(url, {
      name: `<b>"live" & kicking</b>`,
      ...game,
      visibility: "public",
      spectators: true,
    }, 2);
    const page = await textOf(`${url}/`);
    assert.ok(page.includes(`<a class="button main" href="/channels/${created.channel_id}">`));
    assert.ok(page.includes("<bdi>&lt;b&gt;&quot;live&quot; &amp; kicking&lt;/b&gt;</bdi>"));
    const [, picture] = /<img class="preview" src="([^"]+)"/.exec(page)!;
    const [, dark] = /<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)"/.exec(page)!;
    const drawn = [picture!, dark!].map(async (path) => await (await fetch(url + path)).text());
    const [light, other] = await Promise.all(drawn);
    assert.match(light!, /^<svg /);
    assert.match(other!, /^<svg [\s\S]*#161512/, "a dark page has a dark picture");
  });
});

Deno.test("the lobby lists public channels alone, page by page", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const { url } = server;
  const host = await Player.at(url);
  for (let i = 0; i < 22; i++) {
    const open = i % 2 === 0 && { open_seats: true };
    const input = { name: `room ${i}`, slots: ["invite:a"], visibility: "public", ...open };
    await host.call("create_channel", input);
  }
  await host.call("create_channel", { name: "a secret", slots: ["invite:a"] });

  await t.step("all of them, each once", async () => {
    const first = await textOf(`${url}/lobby`);
    const more = unescaped(/rel="next" href="([^"]+)"/.exec(first)![1]!);
    const second = await textOf(url + more);
    assert.doesNotMatch(second, /rel="next"/);
    const names = [...(first + second).matchAll(/<bdi>(room \d+)<\/bdi>/g)].map(([, name]) => name);
    assert.deepEqual(names, Array.from({ length: 22 }, (_, i) => `room ${21 - i}`));
    assert.doesNotMatch(first + second, /a secret/);
  });

  await t.step("those with an open seat", async () => {
    const open = await textOf(`${url}/lobby?open=yes`);
    assert.equal([...open.matchAll(/<bdi>room \d+<\/bdi>/g)].length, 11);
    assert.match(open, /1 open seat/);
  });

  await t.step("by game, and with a wrong cursor", async () => {
    const none = await textOf(`${url}/lobby?game=%3Cscript%3E`);
    assert.match(none, /No public channel right now/);
    assert.match(none, /<bdi>&lt;script&gt;<\/bdi>/);
    await textOf(`${url}/lobby?cursor=nonsense`, 400);
  });

  await t.step("a server without bots says so", async () => {
    assert.match(await textOf(`${url}/games`), /runs no bots at the moment/);
  });
});

Deno.test("a server that admits no guests shows strangers no channel and no ladder", async () => {
  await using server = await testServer({ sandbox: "off", guests: false });
  for (const path of ["/lobby", "/leaderboard"]) {
    assert.match(await textOf(server.url + path, 401), /to people who have signed in/);
  }
  assert.doesNotMatch(await textOf(`${server.url}/`), /Live now/);
});

Deno.test("the leaderboard is honest while nobody has played", async () => {
  await using server = await testServer({ sandbox: "off" });
  const page: Wire = await textOf(`${server.url}/leaderboard`);
  assert.match(page, /Nobody is rated on this server/);
  assert.match(page, /Ladders without a game/);
  assert.equal(page.match(/No rated game has ended yet\.<\/p>/g)?.length, 1);
  await textOf(`${server.url}/leaderboard?ladder=Nim`, 400);
});
