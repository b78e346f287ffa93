/** Guesses as people and models post them, on a server started by its task. */
import assert from "node:assert/strict";
import { type McpClient, mcpClient } from "../support/mcp_clients.ts";
import { ofType, Player, signIn, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import { checkStore } from "../support/server.ts";
import { type Guess, GUESSES } from "./guesses.ts";

const RANGE = [1, 9_007_199_254_740_990];
/** The last guess of a game: no row has it. */
const LAST = 9_000_000_000_000_000;

/** A player with a seat, who has read up to `cursor`. */
interface Seat {
  call: McpClient["call"];
  channel_id: string;
  player_id: string;
  cursor: number;
}

/** Sits a client's player and others at a new game. */
async function game(
  client: Pick<McpClient, "call">,
  others: Player[],
): Promise<Seat> {
  const seats = others.length + 1;
  const created = await client.call("create_channel", {
    name: "guesses",
    slots: ["bot:referee", ...Array.from({ length: seats }, (_, i) => `invite:${i}`)],
    bot_preset: "GuessBot",
    bot_params: { range: RANGE, players: seats },
  });
  assert.equal(created.bot_errors, undefined);
  const { channel_id, invites } = created;
  const { player_id } = await client.call("join_channel", { invite_code: invites[0] });
  for (const [i, other] of others.entries()) await other.join(invites[i + 1]);
  const seat = { call: client.call, channel_id, player_id, cursor: 0 };
  await readUntil(seat, ofType("game_start"));
  return seat;
}

async function readUntil(seat: Seat, fits: (message: Wire) => boolean): Promise<Wire[]> {
  const { call, channel_id } = seat;
  for (const read: Wire[] = [];;) {
    const { messages, cursor } = await call("sync_messages", { channel_id, cursor: seat.cursor });
    assert.ok(messages.length > 0, `nothing came after ${JSON.stringify(read)}`);
    seat.cursor = cursor;
    read.push(...messages);
    if (messages.some(fits)) return read;
  }
}

/** Posts a message as its sender would. Returns its id. */
async function send(
  { call, channel_id }: Pick<Seat, "call" | "channel_id">,
  sent: Guess["sent"],
): Promise<number> {
  const { game, action, value } = Object(sent);
  const isMove = typeof game === "string" && typeof action === "string";
  const { msg_id } = isMove
    ? await call("make_game_move", { channel_id, game, action, value })
    : await call("post_message", { channel_id, body: sent });
  return msg_id;
}

/** The row with its own number instead of 70. */
function numbered(row: Guess, nth: number): Guess {
  const text = JSON.stringify(row).replaceAll("70", `${100 + nth}`);
  return JSON.parse(text);
}

function made(answers: Wire[]): Guess["right"] {
  for (const { body: { type, guess, reason } } of answers) {
    if (type === "judge") return guess;
    if (type === "violation") return reason;
  }
  return null;
}

Deno.test("guesses as people and models post them", async (t) => {
  await using file = dataFile();
  const env = { KV_URL: file.path, RATE_LIMITS: "off" };
  const server = await startProcess(env, { viaTask: true });
  const token = await signIn(server.url);

  await using old = await mcpClient("v1", `${server.url}/mcp`, token);
  await using client = await mcpClient("v2 modern", `${server.url}/mcp`, token);
  const late = await Player.at(server.url);
  const [alone, waiting] = [await game(client, []), await game(client, [late])];
  const asked: { row: Guess; id: number; lateId: number }[] = [];
  for (const [i, each] of GUESSES.filter(({ right }) => right !== "concede").entries()) {
    const row = numbered(each, i);
    const { call } = i % 2 === 0 ? old : client;
    const id = await send({ ...alone, call }, row.sent);
    const lateId = await send(
      { call: late.call.bind(late), channel_id: late.channel_id },
      row.sent,
    );
    asked.push({ row, id, lateId });
  }
  const answersIn = async (seat: Seat) => {
    const last = await send(seat, { type: "move", game: "guess", action: "guess", value: LAST });
    const isLast = ({ cause, body }: Wire) => cause === last && body.type === "judge";
    return Map.groupBy(await readUntil(seat, isLast), ({ cause }) => cause);
  };
  const [inTurn, outside] = [await answersIn(alone), await answersIn(waiting)];
  for (const { row: { what, right, outOfTurn = null }, id, lateId } of asked) {
    await t.step(what, () => {
      const answers = inTurn.get(id) ?? [];
      assert.equal(made(answers), right);
      if (right === "BAD_MOVE") {
        assert.match(answers[0].body.details, /action "guess", value 1, or say "guess 1"/);
      }
      assert.equal(made(outside.get(lateId) ?? []), outOfTurn, "out of turn");
    });
  }
  for (const { what, sent } of GUESSES.filter(({ right }) => right === "concede")) {
    await t.step(what, async () => {
      const seat = await game(client, []);
      const id = await send(seat, sent);
      const isEnd = ({ cause, body }: Wire) => cause === id && body.type === "game_end";
      assert.equal((await readUntil(seat, isEnd)).find(isEnd).body.reason, "concede");
    });
  }

  const body = (value: number, more = {}) => ({ type: "move", game: "guess", value, ...more });
  const post = async (seat: Seat, move: unknown) =>
    (await seat.call("post_message", { channel_id: seat.channel_id, body: move })).msg_id;
  const answered = async (seat: Seat, cause: number) => {
    const is = (message: Wire) => message.cause === cause && message.body.type !== "bot:turn";
    return (await readUntil(seat, is)).find(is).body;
  };

  await t.step("a guess that was sent twice counts once, a third one is meant", async () => {
    const seat = await game(client, []);
    const kinds = [];
    for (const value of [50, 50, 50, 60]) {
      const { type, reason, guess_count } = await answered(seat, await post(seat, body(value)));
      kinds.push(reason ?? `${type} ${guess_count}`);
    }
    assert.deepEqual(kinds, ["judge 1", "REPEATED", "judge 2", "judge 3"]);
  });

  await t.step("a move for an earlier turn is late, at no cost", async () => {
    const seat = await game(client, []);
    const { messages } = await client.call("sync_messages", {
      channel_id: seat.channel_id,
      cursor: 0,
    });
    const answers = messages.find(ofType("bot:turn")).id;
    const right = await answered(seat, await post(seat, body(50, { answers })));
    assert.equal(right.guess_count, 1);
    const late = await answered(seat, await post(seat, body(60, { answers })));
    assert.equal(late.reason, "LATE");
    const inTime = await answered(seat, await post(seat, body(60, { answers: `${seat.cursor}` })));
    assert.equal(inTime.guess_count, 2);
  });

  await t.step("who comes too late is told that others play", async () => {
    const created = await client.call("create_channel", {
      name: "three",
      slots: ["bot:referee", "invite:a", "invite:b", "invite:c"],
      bot_preset: "GuessBot",
    });
    const players = await Promise.all([0, 1, 2].map(() => Player.at(server.url)));
    for (const [i, player] of players.entries()) await player.join(created.invites[i]);
    const told = (await players[2]!.readUntil(ofType("not_playing"))).find(ofType("not_playing"));
    assert.deepEqual(told.body.players, [players[2]!.player_id]);
    await players[2]!.guess(50);
    const refused = await players[2]!.readUntil(ofType("violation"));
    assert.equal(refused.find(ofType("violation")).body.reason, "NOT_IN_GAME");
  });

  await t.step("nobody wins by the removal of the other player", async () => {
    const other = await Player.at(server.url);
    const seat = await game(client, [other]);
    const { channel_id } = seat;
    const { view } = await client.call("get_channel_info", { channel_id });
    const slot = view.slots.find(({ filled_by }: Wire) => filled_by === other.player_id);
    await client.call("update_channel", {
      channel_id,
      ops: [{ type: "yield_slot", slot_id: slot.slot_id }],
    });
    const end = (await readUntil(seat, ofType("game_end"))).find(ofType("game_end")).body;
    assert.deepEqual([end.winner, end.reason], [null, "abandoned"]);
  });

  const hosts = await server.children();
  await server.kill("SIGTERM");
  await gone(hosts);
  await checkStore(file.path);
});
