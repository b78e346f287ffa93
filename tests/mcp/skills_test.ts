/** The skills: every client finds and verifies them, and what they say runs. */
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/client";
import { SkillsClient } from "@modelcontextprotocol/client/ext/skills";
import * as z from "zod";
import { SKILLS_EXTENSION } from "../../src/mcp/skills/skills.ts";
import { CalledOutput } from "../../src/operations/called_answer.ts";
import { NaivePlayer } from "../play/naive_player.ts";
import { CLIENT_KINDS, type McpClient, mcpClient } from "../support/mcp_clients.ts";
import { sha256Hex, signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const NAMES = ["play", "write-a-bot"];
const MOST_BYTES = 6_000;

const textOf = (name: string) =>
  Deno.readTextFile(new URL(`../../skills/${name}/SKILL.md`, import.meta.url));

/** The blocks of one language in a text, without their fences. */
function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, found]) => found === language).map(([, , block]) => block!);
}

/** Makes each call of a skill, in its order, with what the answers before have brought. */
async function walk(
  text: string,
  mcp: McpClient,
  known: Record<string, string>,
  after: Record<string, (answer: Wire, known: Record<string, string>) => Promise<void> | void>,
): Promise<void> {
  const calls = blocksOf(text, "call").join("").trimEnd().split("\n");
  const made = new Map<string, number>();
  for (const call of calls) {
    const [, name, written] = /^(\w+) (\{.*\})$/.exec(call) ?? [];
    assert.ok(name && written, `not a call: ${call}`);
    const filled = written.replace(/<([\w ]+)>/g, (_, what) => {
      assert.ok(what in known, `${call}: no answer has brought ${what}`);
      return JSON.stringify(known[what]).replace(/^"|"$/g, "");
    });
    const answer = await mcp.call(name, JSON.parse(filled));
    for (const [key, value] of Object.entries(answer)) {
      if (["string", "number"].includes(typeof value)) known[key] = `${value}`;
    }
    const nth = (made.get(name) ?? 0) + 1;
    made.set(name, nth);
    await after[nth === 1 ? name : `${name} ${nth}`]?.(answer, known);
  }
  const awaited = Object.keys(after).map((name) => name.split(" ")[0]!);
  assert.ok(awaited.every((name) => made.has(name)), "a call that the test awaits is gone");
}

Deno.test("every client is told of the skills in its way", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const token = await signIn(server.url);
  for (const kind of CLIENT_KINDS) {
    await t.step(kind, async () => {
      await using mcp = await mcpClient(kind, server.url, token);
      const { extensions, resources } = mcp.client.getServerCapabilities()!;
      assert.deepEqual(extensions?.[SKILLS_EXTENSION], {});
      assert.ok(resources, "the extension needs them");
      const listed = (await mcp.client.listResources()).resources
        .filter(({ uri }: Wire) => uri.startsWith("skill://"));
      assert.deepEqual(listed.map(({ name }: Wire) => name), NAMES);
      for (const { uri, name, mimeType } of listed) {
        const { contents: [content] } = await mcp.client.readResource({ uri }) as Wire;
        assert.deepEqual(content, { uri, mimeType, text: await textOf(name) });
      }
      for (const uri of ["skill://play", "skill://none/SKILL.md", "skill://play/../SKILL.md"]) {
        await assert.rejects(mcp.client.readResource({ uri }), /not found/i);
      }
      if (kind === "v1") return;
      const client = mcp.client as unknown as Client;
      const skills = new SkillsClient(client);
      assert.deepEqual([skills.supported, skills.directoryRead], [true, false]);
      const { skills: entries, ttlMs, cacheScope } = await skills.list();
      assert.deepEqual(entries.map(({ frontmatter }) => frontmatter.name), NAMES);
      const isModern = kind === "v2 modern";
      assert.deepEqual(
        [ttlMs, cacheScope],
        isModern ? [300_000, "public"] : [undefined, undefined],
      );
      for (const entry of entries) {
        assert.deepEqual((await skills.get(entry.uri)).skill, entry);
        const { verified, text } = await skills.read(entry);
        assert.deepEqual([verified, text], [true, await textOf(entry.frontmatter.name)]);
      }
      await assert.rejects(skills.get("skill://none/SKILL.md"), (error: Error & Wire) => {
        assert.equal(error.code, -32602);
        assert.match(error.message, /skills\/list names them all/);
        return true;
      });
    });
  }
  await t.step("/mcp/play has no resources, and so no skills", async () => {
    for (const kind of CLIENT_KINDS) {
      await using mcp = await mcpClient(kind, `${server.url}/mcp/play`, token);
      assert.equal(mcp.client.getServerCapabilities()!.extensions?.[SKILLS_EXTENSION], undefined);
      const list = mcp.client.request({ method: "skills/list" }, z.looseObject({}));
      await assert.rejects(list, /Method not found/);
    }
  });
  await t.step("/llms.txt names them", async () => {
    const text = await (await fetch(`${server.url}/llms.txt`)).text();
    for (const name of NAMES) assert.ok(text.includes(`skill://${name}/SKILL.md`), name);
  });
});

Deno.test("the skills are short", async () => {
  for (const name of NAMES) {
    const { length } = new TextEncoder().encode(await textOf(name));
    assert.ok(length < MOST_BYTES, `${name}: ${length} bytes`);
  }
});

Deno.test("each call of the skill play plays, one after the other", async () => {
  await using server = await testServer();
  const client = async () => await mcpClient("v2 modern", server.url, await signIn(server.url));
  await using ada = await client();
  await using other = await client();
  const opponent = () => new NaivePlayer(other, { namesTurns: true, waitsInMoves: true });
  const hosted = await other.call("create_channel", { name: "theirs", slots: ["invite:a"] });
  let games = Promise.resolve<Wire>(undefined);
  const text = await textOf("play");
  await walk(text, ada, { invite: hosted.invites[0] }, {
    join_channel: ({ channel_id }) => assert.equal(channel_id, hosted.channel_id),
    find_match: ({ status }) => {
      assert.equal(status, "waiting");
      games = other.call("find_match", { bot_preset: "TicTacToe", timeout_ms: 45_000 });
    },
    "find_match 2": async ({ status, channel_id }) => {
      assert.equal(status, "matched");
      assert.equal((await games).channel_id, channel_id);
    },
    create_channel: ({ invites }, known) => {
      known["first invite"] = invites[0];
      known.second = invites[1];
    },
    "join_channel 2": async ({ player_id }, known) => {
      assert.equal(player_id, "p1");
      const player = opponent();
      games = player.playOn(await player.join(known.second!));
    },
    "join_channel 3": ({ player_id }) => assert.equal(player_id, "p1", "the same player"),
    wait_for_turn: ({ why, legal_moves }) => {
      assert.equal(why, "your_turn");
      assert.ok(legal_moves.some(({ value }: Wire) => value === 5));
    },
    make_game_move: async (answer, known) => {
      assert.equal(answer.why, "your_turn");
      const player = new NaivePlayer(ada, { namesTurns: true, waitsInMoves: true });
      player.channel_id = known.channel_id!;
      const [end] = await Promise.all([player.playOn(answer), games]);
      assert.equal(end.why, "over");
    },
    get_channel_info: ({ bots: [bot] }, known) => {
      known.bot_id = bot.bot_id;
    },
    get_bot_code: async ({ source, code_hash }) => {
      assert.equal(`sha256:${await sha256Hex(source)}`, code_hash);
    },
    verify_channel: ({ ok, report }) => assert.ok(ok, report),
    export_channel: async ({ url }) => {
      const file = await (await fetch(url)).json();
      assert.ok(file.entries.length > 10);
    },
  });
  const whys = CalledOutput.shape.why.options;
  assert.deepEqual(whys.filter((why) => !text.includes(`\`${why}\``)), [], "each why is told");
});

Deno.test("the bots of the skill write-a-bot run, and each of its calls", async (t) => {
  await using server = await testServer();
  const client = async () => await mcpClient("v2 modern", server.url, await signIn(server.url));
  await using author = await client();
  await using other = await client();
  const text = await textOf("write-a-bot");
  const [dice, nim, ...more] = blocksOf(text, "ts").map((block) => block.trimEnd());
  assert.equal(more.length, 0);

  await t.step("its calls, with the smallest bot", async () => {
    await walk(text, author, { source: dice! }, {
      create_channel: ({ bot_errors, invites }, known) => {
        assert.equal(bot_errors, undefined);
        known["first invite"] = invites[0];
      },
      make_game_move: ({ messages }) => {
        const { player, value, rolls } = messages.at(-1).body;
        assert.deepEqual([player, rolls, value >= 1 && value <= 20], ["p1", 1, true]);
      },
      get_channel_info: ({ view, bots: [bot] }, known) => {
        known.bot_id = bot.bot_id;
        known.slot_id = view.slots.find(({ kind }: Wire) => kind === "bot").slot_id;
      },
      verify_channel: ({ ok, hooks }) => {
        assert.ok(ok);
        assert.ok(hooks.replayed > 0);
      },
      get_bot_code: async ({ source, code_hash }) => {
        assert.deepEqual([source, code_hash], [dice, `sha256:${await sha256Hex(dice!)}`]);
      },
    });
  });

  await t.step("its game, to the end", async () => {
    const { invites, bot_errors, channel_id } = await author.call("create_channel", {
      name: "Nim",
      slots: ["bot:referee", "invite:a", "invite:b"],
      bot_code: nim!,
    });
    assert.equal(bot_errors, undefined);
    const ends = await Promise.all([author, other].map(async (mcp, i) => {
      const player = new NaivePlayer(mcp, { namesTurns: true, waitsInMoves: true });
      return await player.playOn(await player.join(invites[i]));
    }));
    assert.deepEqual(ends.map(({ why }) => why), ["over", "over"]);
    const { messages } = await author.call("sync_messages", { channel_id, timeout_ms: 0 });
    const turns = messages.filter(({ body }: Wire) => body.type === "bot:turn");
    assert.ok(turns.every(({ body }: Wire) => body.view.kind === "text"));
    assert.ok(messages.every(({ view_left_out }: Wire) => view_left_out === undefined));
    assert.ok((await author.call("verify_channel", { channel_id })).ok);
  });
});
