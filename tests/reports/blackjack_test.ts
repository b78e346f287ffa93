/** What people and models say at a table of blackjack, and how a game ends. */
import assert from "node:assert/strict";
import type { McpClient } from "../support/mcp_clients.ts";
import type { Wire } from "../support/player.ts";
import { Table, typed, withPlayers } from "./referee_table.ts";
import type { Report } from "./report.ts";

const move = (action: unknown, value?: unknown, game: unknown = "blackjack") => ({
  type: "move",
  game,
  action,
  ...value !== undefined && { value },
});

interface Row extends Report {
  sent: unknown;
  /** The type of the answer, with the bet or the action; "chat" for none. */
  right: string;
}

/** In this order: a player who has bet no longer gets an answer to a near miss. */
const BETTING: Row[] = [
  { what: "a number in words", sent: "bet ten", right: "violation" },
  { what: "no number", sent: "bet", right: "violation" },
  { what: "another amount than a number", sent: "Bet all!", right: "violation" },
  { what: "a move without its value", sent: move("bet"), right: "violation" },
  { what: "a move of a hand", sent: move("hit"), right: "violation" },
  { what: "a move of a hand, as a text", sent: "Hit me", right: "violation" },
  { what: "an action that there is not", sent: move("raise", 10), right: "violation" },
  { what: "chat that begins like a move", sent: "I bet you can't", right: "chat" },
  { what: "chat with a number", sent: "2 of us like cards", right: "chat" },
  { what: "a move of other tables", sent: "All in!", right: "violation" },
  { what: "a word with several meanings", sent: "stop", right: "violation" },
  { what: "less than nothing", sent: "bet -5", right: "violation" },
  { what: "a share", sent: "bet 50%", right: "violation" },
  { what: "a number alone", sent: "10", right: "bet 10" },
  { what: "an amount of money", sent: "bet $23", right: "bet 23" },
  { what: "another verb before the bet", sent: "Place a bet of 24 🎲", right: "bet 24" },
  { what: "no space", sent: "/bet25", right: "bet 25" },
  { what: "an object", sent: { action: "bet", value: 26 }, right: "bet 26" },
  { what: "an object with the move as its type", sent: { type: "bet", bet: 27 }, right: "bet 27" },
  { what: "a text with courtesy", sent: "I'd like to bet 11 chips, please.", right: "bet 11" },
  { what: "a colon", sent: "Bet: 12", right: "bet 12" },
  { report: 111, what: "another case of the action", sent: move("BET", 13), right: "bet 13" },
  { report: 1782, what: "a number as a text", sent: move("bet", " 14 "), right: "bet 14" },
  { what: "a whole number as a decimal", sent: move("bet", 15.0), right: "bet 15" },
  { what: "the value in the action", sent: move("bet 16"), right: "bet 16" },
  { what: "the action in the value", sent: move("move", "bet 17"), right: "bet 17" },
  { what: "another case of the game", sent: move("bet", 18, "Blackjack"), right: "bet 18" },
  { what: "the bot's name as the game", sent: move("bet", 19, "BlackjackBot"), right: "bet 19" },
  { what: "no game", sent: { type: "move", action: "bet", value: 20 }, right: "bet 20" },
  { what: "another game", sent: move("bet", 21, "chess"), right: "chat" },
];

const HAND: Row[] = [
  { report: 382, what: "a text in another case", sent: "Hit me", right: "card hit" },
  { what: "an exclamation mark", sent: "hit!", right: "card hit" },
  { what: "a sentence", sent: "I'll stand.", right: "card stand" },
  { report: 382, what: "another word", sent: "stay", right: "card stand" },
  { what: "two words", sent: "Double down", right: "card double" },
  { what: "a sign before", sent: "🃏 **Hit**", right: "card hit" },
  { what: "to pass", sent: "I pass.", right: "card stand" },
  { what: "another beginning", sent: "Let's hit", right: "card hit" },
  { what: "an object", sent: { action: "Stand" }, right: "card stand" },
  { what: "an object of another game", sent: { game: "chess", action: "hit" }, right: "chat" },
  { what: "a move of other tables", sent: "Surrender", right: "violation" },
  { what: "a question", sent: "hit or stay?", right: "chat" },
  { what: "a near miss", sent: "hit it", right: "violation" },
  { what: "a number", sent: "10", right: "violation" },
  { what: "another word of a move", sent: move("STAY"), right: "card stand" },
  { what: "an action in the value", sent: move("", "hit"), right: "card hit" },
  { what: "an action of the next round", sent: move("bet", 10), right: "violation" },
  {
    what: "an answer to an earlier turn",
    sent: { ...move("hit"), answers: 1 },
    right: "violation",
  },
];

const shown = ({ type, bet, action }: Wire): string =>
  [type, type === "bet" ? bet : type === "card" ? action : undefined].filter((x) => x !== undefined)
    .join(" ");

/** Bets until somebody has the turn. Returns that player's number. */
async function nextTurn(table: Table): Promise<number> {
  for (;;) {
    const last = table.messages.findLast(({ body }) => body?.now)?.body.now;
    if (last?.phase === "playing") return Number(last.may[0].player.slice(1));
    for (const player of last?.may ?? []) {
      await table.answers(Number(player.player.slice(1)), "bet 10");
    }
  }
}

const open = async (clients: McpClient[], params = {}, labels = ["ann", "bob"]) => {
  const table = await Table.open(clients, "BlackjackBot", labels, params);
  const players = Math.min(clients.length, labels.length);
  await table.until((message) =>
    typed("player_joined")(message) && message.body.player === `p${players}`
  );
  return table;
};

Deno.test("blackjack as people play it", async (t) => {
  await withPlayers(async (clients) => {
    const two = clients.slice(0, 2);
    await t.step("bets", async (t) => {
      const table = await open(two);
      for (const { what, sent, right } of BETTING) {
        await t.step(what, async () => {
          if (right === "chat") return await table.ignores(1, sent, move("bet"));
          const [answer] = await table.answers(1, sent);
          assert.equal(shown(answer), right);
          if (right === "violation") assert.match(answer.details, /bet 10|from 1 to 100/);
        });
      }
    });
    await t.step("hands", async (t) => {
      const table = await open(two, { chips: 100_000 });
      for (const { what, sent, right } of HAND) {
        await t.step(what, async () => {
          const player = await nextTurn(table);
          if (right === "chat") return await table.ignores(player, sent, "hit it");
          const [answer] = await table.answers(player, sent);
          assert.equal(shown(answer), right);
          if (right === "violation") assert.match(answer.details, /hit or stand/);
        });
      }
    });
    await t.step("the table waits for its second seat, and for nobody who has bet", async () => {
      const table = await open(two.slice(0, 1));
      const [bet, ...more] = await table.answers(1, move("bet", 10));
      assert.deepEqual([bet.type, bet.now.may, more], ["bet", [], []]);
      assert.match(bet.now.text, /waiting for 1 more/);
      const [refused] = await table.answers(1, "deal");
      assert.equal(refused.type, "violation");
    });
    await t.step("a turn comes with the legal moves", async () => {
      const table = await open(two);
      await nextTurn(table);
      const turn = table.messages.findLast(typed("bot:turn")).body;
      assert.equal(turn.game, "blackjack");
      const actions = turn.legal_moves.map(({ action }: Wire) => action);
      assert.deepEqual(actions, turn.now.may[0].allowed);
      assert.deepEqual(turn.position, {
        cards: turn.cards,
        total: turn.total,
        dealer: table.messages.findLast(typed("deal")).body.dealer[0],
        bet: 10,
      });
      assert.deepEqual(turn.now.players, ["p1", "p2"]);
    });
    await t.step("a move that was sent twice counts once", async () => {
      const table = await open(two, { chips: 10_000 });
      const player = await nextTurn(table);
      const { id } = table.messages.findLast(typed("bot:turn"));
      const hit = { ...move("hit"), answers: id };
      assert.equal((await table.answers(player, hit))[0].type, "card");
      const [again] = await table.answers(player, hit);
      // The hit may have ended the hand and, with it, the round.
      assert.equal(again.reason, "LATE");
    });
    await t.step("report 7: a broke player is out, and the others go on", async () => {
      const table = await open(two, { chips: 2, min_bet: 2 });
      // Both stand or are dealt out until somebody is broke.
      for (;;) {
        const broke = table.messages.find(typed("broke"))?.body;
        const over = table.messages.find(typed("game_end"))?.body;
        if (over) {
          assert.match(over.reason, /every player is broke/);
          break;
        }
        if (broke) {
          const gone: number[] = broke.players.map(({ player }: Wire) => Number(player.slice(1)));
          const { now } = table.messages.findLast(({ body }) => body?.now).body;
          assert.ok(now.may.every(({ player }: Wire) => !gone.includes(Number(player.slice(1)))));
          assert.match(broke.text, /Out of the game/);
          if (now.phase === "betting") {
            const [told] = await table.answers(gone[0]!, "bet 2");
            assert.equal(told.reason, "NOT_AT_TABLE");
            assert.match(told.details, /out of the game/);
          }
        }
        const { now } = table.messages.findLast(({ body }) => body?.now).body;
        for (const { player, allowed } of now.may) {
          const action = allowed.includes("bet") ? "bet 2" : "hit";
          await table.answers(Number(player.slice(1)), action);
        }
      }
    });
    await t.step("report 24: the players' word ends the game", async () => {
      const table = await open(two);
      const [asked] = await table.answers(1, "end");
      assert.deepEqual([asked.type, asked.now.may.length], ["end_asked", 1]);
      const answers = await table.answers(2, "Quit.");
      assert.deepEqual(answers.map(({ type }) => type), ["end_asked", "game_end", "bot:end"]);
      assert.equal(answers[1].reason, "the players ended it");
      assert.equal("winner" in answers[1], false);
    });
    await t.step(
      "an admin removes a player: its bet comes back, and nobody wins by it",
      async () => {
        const table = await open(two);
        await nextTurn(table);
        const ops = [{ type: "yield_slot", slot_id: "s2" }];
        await table.call(1, "update_channel", { ops });
        const { body } = await table.until(typed("player_left"));
        assert.deepEqual([body.player, body.reason], ["p2", "removed"]);
      },
    );
    await t.step("wrong parameters are refused", async () => {
      const slots = ["bot:b", "invite:a", "invite:b"];
      for (const bot_params of [{ players: 12 }, { players: "two" }, { chips: 5, min_bet: 6 }]) {
        const created = { name: "x", slots, bot_preset: "BlackjackBot", bot_params };
        const refused = await clients[0]!.call("create_channel", created).then(
          ({ bot_errors }) => String(bot_errors),
          String,
        );
        assert.match(refused, /players|min_bet/);
      }
    });
    await t.step("a third player without a seat at the table is told so", async () => {
      const table = await open(clients, { seats: 2, players: 2 }, ["ann", "bob", "eve"]);
      const [told] = await table.answers(3, "bet 10");
      assert.deepEqual([told.reason, told.now.players], ["NOT_AT_TABLE", ["p1", "p2"]]);
      const { body } = await table.until(typed("not_playing"));
      assert.deepEqual(body.players, ["p3"]);
    });
  });
});
