/** What people and models say in an exchange, and how an admin may try to listen in. */
import assert from "node:assert/strict";
import type { McpClient } from "../support/mcp_clients.ts";
import type { Wire } from "../support/player.ts";
import { Table, typed, withPlayers } from "./referee_table.ts";
import type { Report } from "./report.ts";

const move = (action: string, game = "exchange") => ({ type: "move", game, action });

interface Row extends Report {
  sent: unknown;
  /** The type of the answer; "chat" for none. */
  right: string;
}

const AGREEING: Row[] = [
  { what: "courtesy", sent: "Yes, I agree.", right: "agreed" },
  { report: 111, what: "capitals", sent: "AGREE", right: "agreed" },
  { what: "another word", sent: "I accept!", right: "agreed" },
  { what: "another case of the action", sent: move("Agree"), right: "agreed" },
  { what: "the bot's name as the game", sent: move("agree", "MemoryExchange"), right: "agreed" },
  { what: "a near miss", sent: "agree to swap", right: "violation" },
  { what: "an action that there is not", sent: move("start"), right: "violation" },
  { what: "chat that begins like a move", sent: "I agree that it rains a lot here", right: "chat" },
];

/** A bot that tells everybody what it hears. */
const SPY = `export default class Spy {
  static manifest = { summary: "listens", private: PRIVATE, confidential: true };
  on_message(msg) { if (msg.to) this.ctx.post("bot", { type: "heard", body: msg.body }); }
}`;
const spy = (listens: boolean) => ({
  name: "Spy",
  inline_code: SPY.replace("PRIVATE", String(listens)),
});

const open = (clients: McpClient[]) => Table.open(clients, "MemoryExchange", ["ann", "bob", "eve"]);

/** An exchange whose host, p1, has sent no answer yet. */
async function upToAnswers(clients: McpClient[]): Promise<Table> {
  const table = await open(clients);
  for (const player of [1, 2]) await table.answers(player, "agree");
  for (const player of [1, 2]) await table.answers(player, `question: ${player}?`, [`p${player}`]);
  return table;
}

Deno.test("an exchange as people make it", async (t) => {
  await withPlayers(async (clients) => {
    for (const { what, sent, right } of AGREEING) {
      await t.step(what, async () => {
        const table = await open(clients);
        if (right === "chat") return await table.ignores(1, sent, "agree");
        const [answer] = await table.answers(1, sent);
        assert.equal(answer.type, right);
        if (right === "violation") assert.match(answer.details, /action "agree"/);
        if (right === "agreed") {
          assert.deepEqual(answer.now.may.map(({ player }: Wire) => player), ["p2", "p3"]);
        }
      });
    }
    await t.step("whoever has joined is told to agree, before anybody has said so", async () => {
      const table = await open(clients);
      await table.until((message) =>
        typed("player_joined")(message) && message.body.player === "p3"
      );
      for (const player of [1, 2, 3]) {
        const { next } = await table.call(player, "get_channel_info", {});
        assert.match(next, /your turn \(message \d+\).*game "exchange", action "agree"/);
      }
    });
    await t.step("a private move is one that only the bot reads", async () => {
      const table = await open(clients);
      for (const player of [1, 2]) await table.answers(player, "agree");
      const ask = { game: "exchange", action: "question", value: "Where did we meet?" };
      const { msg_id } = await table.call(2, "make_game_move", ask);
      const { to, withheld } = await table.until(({ id }) => id === msg_id);
      assert.deepEqual([to, withheld], [["p2"], true]);
      // A name of the game that nobody plays shows it to nobody either.
      const misspelt = { ...ask, game: "exchnge", action: "Question" };
      const { msg_id: second } = await table.call(1, "make_game_move", { ...misspelt, to: ["p1"] });
      const { messages } = await table.call(2, "sync_messages", { cursor: second - 1, limit: 1 });
      assert.equal(messages[0].withheld, true);
      const withdraw = { game: "exchange", action: "withdraw", to: ["p1"] };
      await assert.rejects(
        table.call(1, "make_game_move", withdraw),
        /no referee here asks for a private "withdraw".+ Only "question" and "answer" is private/,
      );
      await table.answers(1, "question: Who was there?", ["p1"]);
      const { position, legal_moves } = await table.call(1, "wait_for_turn", {});
      assert.deepEqual(position, { phase: "answering", question: "Where did we meet?" });
      assert.deepEqual(legal_moves, [{ action: "answer", value: "I don't know." }]);
    });
    await t.step("who does not take part is told so", async () => {
      const table = await open(clients);
      for (const player of [1, 2]) await table.answers(player, "agree");
      const { body } = await table.until(typed("not_playing"));
      assert.deepEqual(body.players, ["p3"]);
    });
    await t.step("a private message that is not marked as a question", async () => {
      const table = await open(clients);
      for (const player of [1, 2]) await table.answers(player, "agree");
      const [answer] = await table.answers(1, "Where did we meet?", ["p1"]);
      assert.match(answer.details, /"question: \.\.\."/);
      const [received] = await table.answers(1, "My question is: where did we meet?", ["p1"]);
      assert.equal(received.type, "received");
      const [third] = await table.answers(3, "I agree");
      assert.match(third.details, /you take no part/);
      assert.deepEqual(third.now.players, ["p1", "p2"]);
    });
    await t.step("report 354: an admin who is a side can't listen in", async () => {
      const table = await upToAnswers(clients);
      const ops = (...ops: unknown[]) => table.call(1, "update_channel", { ops });
      const listener = spy(true);
      const bot_id = table.messages.find(typed("bot:attach"))?.body.bot_id ??
        "bot_MemoryExchange_0";
      for (
        const attack of [
          () => table.call(1, "attach_bot", { bot: listener }),
          () => ops({ type: "set_bot", bot_def: listener }),
          () => ops({ type: "set_bot", slot_id: "s0", bot_def: listener }),
          () => ops({ type: "remove_bot", bot_id }, { type: "set_bot", bot_def: listener }),
        ]
      ) {
        await assert.rejects(attack, /confidential bot/);
      }
      const secret = "under the old lime tree";
      await table.answers(2, `answer: ${secret}`, ["p2"]);
      // One that hears no private messages may come, and ends the exchange.
      await table.call(1, "attach_bot", { bot: spy(false) });
      const { body } = await table.until(typed("bot:end"));
      assert.equal(body.result.released, false);
      assert.ok(!JSON.stringify(table.messages).includes(secret));
      await ops({ type: "remove_bot", bot_id });
      await assert.rejects(table.call(1, "attach_bot", { bot: listener }), /confidential bot/);
    });
    await t.step("it does not come where a bot listens already", async () => {
      const created = await clients[0]!.call("create_channel", {
        name: "x",
        slots: ["bot:a", "bot:b", "invite:ann"],
        bots: [
          {
            name: "Spy",
            inline_code: SPY.replace("PRIVATE", "true").replace("confidential: true", ""),
          },
          { name: "MemoryExchange", code_ref: "builtin://MemoryExchange" },
        ],
      }).catch(String);
      assert.match(JSON.stringify(created.bot_errors ?? created), /hears private messages, too/);
    });
    await t.step("an admin removes a side: nothing is released, and nobody withdrew", async () => {
      const table = await upToAnswers(clients);
      await table.call(1, "update_channel", { ops: [{ type: "yield_slot", slot_id: "s2" }] });
      const { body } = await table.until(typed("bot:end"));
      assert.deepEqual(body.result, { released: false, removed: "p2" });
    });
    await t.step("a move that answers an earlier step does not count", async () => {
      const table = await upToAnswers(clients);
      const [late] = await table.answers(2, { ...move("withdraw"), answers: 3 });
      assert.equal(late.reason, "LATE");
    });
  });
});
