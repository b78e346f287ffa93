/** What `list_bots` says of the built-in bots, on a real server; and that the rules that people
 *  read agree with the manifest that the server acts on. */
import assert from "node:assert/strict";
import { builtinBots } from "../../src/compose/builtin_bots.ts";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { mcpClient } from "../support/mcp_clients.ts";
import { Player, refuses, sha256Hex, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const { builtins, guides } = await builtinBots();
/** Games that are proposed in different ways: by name, by an example, with parameters, and with a
 *  bot of its own definition. */
const UNLIKE = ["EchoBot", "Holdem", "Moderator", "Wager"];
const NAMES = [...builtins.keys()].toSorted();

Deno.test("list_bots lists every built-in bot, and tells everything about one", async (t) => {
  await using server = await testServer();
  const guest = await Player.at(server.url);

  await t.step("all of them, in a few words", async () => {
    const { bots } = await guest.call("list_bots");
    assert.deepEqual(bots.map(({ name }: Wire) => name), NAMES);
    for (const { name, summary, players, minutes, ...more } of bots) {
      assert.ok(summary.length > 10 && summary.length <= 200, `${name}: ${summary}`);
      assert.ok(players.min >= 1 && players.min <= players.max && players.max <= 31, name);
      assert.ok(minutes >= 1, name);
      assert.deepEqual(more, {});
    }
  });

  for (const name of NAMES) {
    await t.step(`one: ${name}`, async () => {
      const bot = await everythingOn(guest, name);
      assert.equal(bot.rules, guides.get(name)!.rules);
      assert.match(bot.rules, /^# /);
      assert.equal(bot.code_hash, `sha256:${await sha256Hex(builtins.get(name)!)}`);
      assert.equal(bot.params.type, "object");
      agrees(bot);
    });
  }

  await t.step(
    "the pages say the same, and the channels that they propose can be made",
    async () => {
      const pageAt = async (path: string) => {
        const page = await fetch(server.url + path, { headers: { accept: "text/html" } });
        assert.equal(page.status, 200, path);
        return await page.text();
      };
      const games = await pageAt("/games");
      for (const name of NAMES) {
        assert.ok(games.includes(`<a href="/games/${name}">${name}</a>`));
        const page = await pageAt(`/games/${name}`);
        const { params, code_hash } = await everythingOn(guest, name);
        for (const param of Object.keys(params.properties)) {
          assert.ok(page.includes(`<td><code>${param}</code></td>`), `${name}: ${param}`);
        }
        assert.ok(page.includes(code_hash), name);
        assert.doesNotMatch(page, /\*\*|\]\(|```|\[object|undefined/, "no Markdown is left");
        const [, proposed] = /create_channel with (\{.*\})\.$/m.exec(page)!;
        const text = proposed!.replaceAll("&quot;", '"').replaceAll("&gt;", ">");
        const input = JSON.parse(text.replaceAll("&lt;", "<").replaceAll("&#39;", "'"));
        if (!UNLIKE.includes(name)) continue;
        const { bot_errors } = await guest.call("create_channel", input);
        assert.equal(bot_errors, undefined, `${name}: ${JSON.stringify(bot_errors)}`);
      }
    },
  );

  await t.step("by other names, and by the other name of the tool", async () => {
    const names = ["GuessBot", "builtin://GuessBot", "guess bot", "guess", "number guessing"];
    for (const name of names) {
      const { bots: [bot] } = await guest.call("get_rules", { name });
      assert.equal(bot.name, "GuessBot", name);
    }
    const url = `${server.url}/list_bots?name=TlsBot`;
    const response = await fetch(url, { headers: { authorization: `Bearer ${guest.token}` } });
    assert.equal((await response.json()).bots[0].moves.game, "tls");
    await using client = await mcpClient("v2 modern", server.url, guest.token);
    const { bots } = await client.call("get_rules", { bot_preset: "GuessBot" });
    assert.deepEqual(Object.keys(bots[0].moves.actions), ["guess", "concede"]);
  });

  await t.step("wrong names and places", async () => {
    const { detail } = await refuses(guest.call("list_bots", { name: "Nim" }), "BOT_NOT_FOUND");
    assert.match(detail, /GuessBot/);
    const wrong = { name: "GuessBot", offset: 1_000_000 };
    await refuses(guest.call("list_bots", wrong), "INVALID_REQUEST");
    await refuses(guest.call("list_bots", { name: "x".repeat(81) }), "INVALID_REQUEST");
  });
});

Deno.test("a bot refuses wrong parameters with the names that list_bots tells", async () => {
  await using server = await testServer();
  const guest = await Player.at(server.url);
  const { bots: [{ params }] } = await guest.call("list_bots", { name: "GuessBot" });
  const room = { name: "game", slots: ["bot:referee", "invite:a"], bot_preset: "GuessBot" };
  const { channel_id, bot_errors } = await guest.call("create_channel", {
    ...room,
    bot_params: { rnage: [1, 9] },
  });
  for (const name of Object.keys(params.properties)) assert.match(bot_errors[0], RegExp(name));
  const bot = { code_ref: "builtin://GuessBot", params: { turn_order: "age" } };
  const { detail } = await refuses(
    guest.call("attach_bot", { channel_id, bot }),
    "BOT_REJECTED",
  );
  assert.match(detail, /turn_order .*"join" or "random"/);
});

/** A bot with its rules put together from their pages, each of them bounded. */
async function everythingOn(guest: Player, name: string): Promise<Wire> {
  let rules = "";
  for (;;) {
    const { bots: [bot] } = await guest.call("list_bots", { name, offset: rules.length });
    assert.ok(bot.rules.length > 0 && bot.rules.length <= CHANNEL_LIMITS.rulesPageChars);
    rules += bot.rules;
    if (rules.length === bot.rules_chars) return { ...bot, rules };
  }
}

/** The names of moves and parameters in the rules are those of the manifest, and so are the
 *  defaults. In a table with the head "action" or "parameter", every row names one or more of
 *  them; without such a table, the section names each. */
function agrees({ name, rules, moves, params, players }: Wire): void {
  const actions = Object.keys(moves?.actions ?? {});
  const { properties } = params;
  namesIn(rules, "Moves", "action", actions, name);
  const rows = namesIn(rules, "Attach", "parameter", Object.keys(properties), name);
  if (moves) {
    const game = `\`${moves.game}\``;
    assert.ok(sectionOf(rules, "Moves").includes(game), `${name}: the rules don't name ${game}`);
  }
  for (const [named, [shown = ""]] of rows) {
    const value = properties[named].default;
    const text = shown.replaceAll("`", "");
    if (value !== undefined) {
      const right = typeof value === "string" ? value : JSON.stringify(value);
      assert.equal(text.replace(/\s+/g, ""), right.replace(/\s+/g, ""), `${name}: ${named}`);
    }
  }
  const wanted = properties.players;
  if (wanted?.type === "integer" && wanted.maximum !== undefined) {
    assert.equal(players.max, wanted.maximum, `${name}: players`);
    assert.equal(players.min, wanted.minimum ?? 1, `${name}: players`);
  }
}

/** Returns the other cells of each row, by each name in its first cell. */
function namesIn(
  rules: string,
  section: string,
  head: string,
  names: string[],
  bot: string,
): Map<string, string[]> {
  const text = sectionOf(rules, section);
  const rows = new Map<string, string[]>();
  const [, table] = RegExp(`^\\| ${head} +\\|.*\\n\\|[- |]+\\n((?:\\|.*\\n?)+)`, "m").exec(text) ??
    [];
  for (const row of table?.trim().split("\n") ?? []) {
    const [first, ...cells] = row.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim());
    for (const [, each] of first!.matchAll(/`(\w+)`/g)) rows.set(each!, cells);
  }
  if (table !== undefined) {
    assert.deepEqual([...rows.keys()].toSorted(), names.toSorted(), `${bot}: ${section}`);
  }
  for (const each of names) {
    const isNamed = RegExp(`(?<![\\w])\`${each}\`|params\\.${each}\``).test(text);
    assert.ok(isNamed, `${bot}: ${section} does not name \`${each}\``);
  }
  return rows;
}

function sectionOf(rules: string, title: string): string {
  return RegExp(`^## ${title}\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, "m").exec(rules)?.[1] ?? "";
}
