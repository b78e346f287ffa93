/** A private move shows that it was made, and nothing else: whatever it is, opponents, the host and
 *  spectators are given the same bytes but for what differs by nature, in the same number and
 *  sizes. */
import assert from "node:assert/strict";
import { ofType, Player, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

interface Hidden {
  preset: string;
  game: string;
  params: Wire;
  action: string;
  /** Values of several lengths. */
  values: unknown[];
}

const GAMES: Hidden[] = [
  {
    preset: "RockPaperScissors",
    game: "rps",
    params: { variant: "spock" },
    action: "throw",
    values: ["rock", "scissors", " LIZARD "],
  },
  {
    preset: "SealedBidAuction",
    game: "auction",
    params: { players: 3 },
    action: "bid",
    values: [1, 999_999, "00012"],
  },
  {
    preset: "Trivia",
    game: "trivia",
    params: { players: 3, topics: ["anagrams"] },
    action: "answer",
    values: ["a", "b".repeat(100), 42],
  },
];

/** What two who may not read the move, a host who plays and a spectator are given once it was
 *  made. */
async function shown(url: string, { preset, game, params, action }: Hidden, value: unknown) {
  const host = await Player.at(url);
  const seats = Number(params.players ?? 2);
  const { channel_id, invites, bot_errors } = await host.call("create_channel", {
    name: "room",
    slots: ["bot:referee", ...Array.from({ length: seats }, (_, i) => `invite:seat_${i}`)],
    bot_preset: preset,
    bot_params: params,
    visibility: "public",
    spectators: true,
  });
  assert.equal(bot_errors, undefined);
  host.channel_id = channel_id;
  await host.readUntil(ofType("prompt"));
  const joined = async (player: Player, invite: string) => {
    const { player_id } = await player.join(invite);
    // The next one joins when the referee has answered, so that the entries have one order.
    await host.readUntil(ofType("player_joined", { player: player_id }));
  };
  const mover = await Player.at(url);
  await joined(mover, invites[0]);
  const others = [host, ...await Promise.all(invites.slice(2).map(() => Player.at(url)))];
  for (const [i, player] of others.entries()) await joined(player, invites[i + 1]);
  await mover.readUntil(ofType("bot:turn"));
  const { msg_id } = await mover.call("make_game_move", { channel_id, game, action, value });
  await mover.readUntil(({ cause, body }) => cause === msg_id && body?.type === "bot:turn");
  const told: string[] = [];
  for (const viewer of [...others, await Player.at(url)]) {
    for (
      const [name, input] of [
        ["sync_messages", { cursor: 0, limit: 100, timeout_ms: 0 }],
        ["wait_for_turn", { cursor: 0, timeout_ms: 0 }],
        ["get_channel_info", {}],
      ] as const
    ) {
      const answer = await viewer.call(name, { channel_id, ...input });
      told.push(JSON.stringify(answer));
    }
    const { url: link } = await viewer.call("export_channel", { channel_id });
    told.push(await (await fetch(link)).text());
  }
  return told;
}

/** Without ids, times, hashes, and what the seed draws. */
function plain(text: string): string {
  const dots = (match: string) => ".".repeat(match.length);
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, dots)
    .replace(/[0-9a-f]{32,}/g, dots)
    .replace(/[\w+/-]{20,}={0,2}/g, dots)
    .replace(/\b[A-Z]{6}\b/g, dots)
    .replace(/(?<="question":")[^"]*/g, "?")
    .replace(/question 1 of \d+: [^"\\]*/g, "?");
}

Deno.test("a private move shows nothing but that it was made", async (t) => {
  await using server = await testServer();
  for (const game of GAMES) {
    await t.step(game.preset, async () => {
      const [one, ...others] = await Promise.all(
        game.values.map((value) => shown(server.url, game, value)),
      );
      for (const other of others) {
        assert.equal(other.length, one!.length);
        for (const [i, text] of other.entries()) {
          const [here, there] = [plain(text), plain(one![i]!)];
          const at = [...here].findIndex((each, at) => each !== there[at]);
          const near = (each: string) => each.slice(Math.max(0, at - 80), at + 80);
          assert.ok(here === there, `${i}: ${near(here)} / ${near(there)}`);
        }
      }
    });
  }
});
