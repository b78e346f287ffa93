/** A viewer's export does not contain what is withheld from the viewer, and does not let the viewer
 *  guess it, however few candidates there are. This holds while the channel is open and after the
 *  close, when the server has revealed everything that it ever reveals. */
import assert from "node:assert/strict";
import { ChannelExport } from "../../src/domain/proof/channel_export.ts";
import type { Json } from "../../src/kernel/json.ts";
import { ofType, type Player, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf } from "../support/verifier.ts";
import { webServer } from "../support/web_server.ts";
import { guessed } from "./guesser.ts";

/** A bot that keeps each player's move, confirms it to that player alone, announces to everyone
 *  that there is one, and sends it to a web site. */
const ROCK_PAPER_SCISSORS = `export default class RockPaperScissors {
  constructor(ctx) { this.ctx = ctx; }
  async on_message({ kind, sender, body }) {
    if (kind !== "user" || !body.move) return;
    this.ctx.set_state({ ...this.ctx.get_state(), [sender]: body.move });
    if (body.ask) await fetch(body.ask + body.move);
    this.ctx.post("bot", { type: "got", move: body.move }, { to: [sender] });
    this.ctx.post("bot", { type: "moved", player: sender });
  }
}`;
const MOVES = ["rock", "paper", "scissors"];
const NOTE = "under-the-old-lime-tree";

interface Played {
  host: Player;
  players: { alice: Player; bob: Player };
  /** The ids of entries with Alice's secrets. */
  ids: number[];
  moved: Wire;
}

async function played(url: string, site: { host: string; origin: string }): Promise<Played> {
  const { host, players } = await roomOf(url, {
    slots: ["bot:referee", "invite:alice", "invite:bob", "invite:eve"],
    bots: [{ inline_code: ROCK_PAPER_SCISSORS, manifest: { net: [site.host], private: true } }],
  }, 3);
  const [alice, bob, eve] = players as [Player, Player, Player];
  const { channel_id } = host;
  const whisper = async (by: Player, body: Wire, to: string[]) =>
    (await by.call("post_message", { channel_id, body, to })).msg_id;
  const ids = [
    await whisper(alice, { move: "rock" }, [alice.player_id]),
    await whisper(alice, { note: NOTE }, [alice.player_id]),
    await whisper(alice, { move: "rock", ask: `${site.origin}/echo?${NOTE}=` }, ["p1"]),
  ];
  const { commit } = await alice.call("make_commitment", { value: "rock" });
  await alice.say({ type: "commit", commit });
  const last = await whisper(bob, { move: "paper" }, [bob.player_id]);
  const read = await eve.readUntil(({ cause, body }) => cause === last && body?.type === "moved");
  const own = read.filter(({ cause, withheld }) => withheld && ids.includes(cause));
  ids.push(...own.map(({ id }) => id));
  return { host, players: { alice, bob }, ids, moved: read.find(ofType("moved")) };
}

/** Every candidate for Alice's move, in every form that may have been hashed. */
function candidatesFor({ moved: { body } }: Played, file: ChannelExport): Json[] {
  const facts = file.entries.flatMap(({ body }) =>
    body?.state_hash ? [{ state_version: body.state_version!, state_hash: body.state_hash }] : []
  );
  const seen = new Map(facts.map((fact) => [fact.state_hash, fact]));
  return MOVES.flatMap((move): Json[] => [
    move,
    { move },
    ...[...seen.values()].map((fact): Json => ({
      type: "got",
      move,
      bot_id: body.bot_id,
      ...fact,
    })),
  ]);
}

/** Every candidate for the bot's state. */
const STATES = MOVES.flatMap((move): Json[] => [
  { p1: move },
  ...MOVES.map((theirs): Json => ({ p1: move, p2: theirs })),
]);

async function viewOf(player: Player): Promise<ChannelExport> {
  return ChannelExport.parse(JSON.parse(await exportOf(player)));
}

Deno.test("no export contains another viewer's secrets or lets them be guessed", async (t) => {
  await using site = webServer();
  await using server = await testServer({
    botNetwork: "http",
    testNetwork: { loopback: true, caCerts: [] },
  });
  const game = await played(server.url, site);
  const { host, players: { alice, bob }, ids } = game;
  const { channel_id } = host;
  const close = () => host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  for (
    const [when, reveal] of [["while it is open", () => {}], ["once closed", close]] as const
  ) {
    await reveal();
    for (const [name, viewer] of Object.entries({ bob, host })) {
      await t.step(`${name}, ${when}`, async () => {
        const file = await viewOf(viewer);
        const withheld = file.entries.filter(({ id }) => ids.includes(id));
        assert.ok(withheld.length >= 5, "three whispers, and their effects");
        assert.ok(withheld.every(({ body, salt }) => body === undefined && salt === undefined));
        const hidden = { ...file, sources: {} };
        assert.ok(!JSON.stringify(hidden).includes(NOTE));
        assert.deepEqual(file.evidence, {}, "only Alice may read the evidence");
        assert.deepEqual(guessed(file, ids, candidatesFor(game, file)), []);
      });
      await t.step({
        name: `${name}, ${when}: the bot's state`,
        fn: async () => assert.deepEqual(guessed(await viewOf(viewer), [], STATES), []),
      });
    }
    await t.step(`the guesser finds what Alice may read, ${when}`, async () => {
      const file = await viewOf(alice);
      assert.ok(JSON.stringify(file).includes(NOTE));
      const found = guessed(file, ids, candidatesFor(game, file));
      assert.ok(found.includes(`{"move":"rock"} is the body of entry ${ids[0]}`), found.join("\n"));
      assert.ok(found.some((what) => what.includes('"move":"rock"') && what.includes('"got"')));
      assert.ok(!found.some((what) => what.includes("scissors")));
    });
  }
});
