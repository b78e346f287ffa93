/** MemoryExchange: two players exchange a question and an answer each; the bot releases both or
 *  neither. */
import assert from "node:assert/strict";
import { ofType, type Player, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

/** Two sides and an onlooker. The onlooker reads the bot's answers and must not learn anything from
 *  them. */
async function exchangeAt(url: string) {
  const { players, created } = await roomOf(url, {
    slots: ["bot:exchange", "invite:ada", "invite:bob", "invite:eve"],
    bots: [{
      name: "MemoryExchange",
      code_ref: "builtin://MemoryExchange",
      params: { topic: "t" },
    }],
  }, 3);
  assert.equal(created.bot_errors, undefined);
  const [ada, bob, eve] = players as [Player, Player, Player];
  const answered = async (said: Promise<Wire>): Promise<Wire[]> => {
    const { msg_id } = await said;
    const read = await eve.readUntil(({ cause }) => cause === msg_id);
    return read.filter(({ cause }) => cause === msg_id);
  };
  return {
    ...{ ada, bob, eve, answered },
    move: (player: Player, action: string) => {
      const { channel_id } = player;
      return answered(player.call("make_game_move", { channel_id, game: "exchange", action }));
    },
    /** A message that only its sender and the bot can read. */
    tell: (player: Player, body: unknown) => {
      const { channel_id, player_id } = player;
      return answered(player.call("post_message", { channel_id, body, to: [player_id] }));
    },
  };
}

/** Everything that a player can read. */
async function viewOf(player: Player): Promise<Wire[]> {
  const page = { channel_id: player.channel_id, cursor: 0, limit: 500 };
  return (await player.call("sync_messages", page)).messages;
}

const QUESTIONS = ["Where did we meet?", "Who was the host?"] as const;
const ANSWERS = ["Under the old lime tree.", "The lighthouse keeper."] as const;

async function upToAnswers(url: string) {
  const exchange = await exchangeAt(url);
  const { ada, bob, move, tell } = exchange;
  await move(ada, "agree");
  await move(bob, "agree");
  await tell(ada, `question: ${QUESTIONS[0]}`);
  await tell(bob, { type: "question", text: QUESTIONS[1] });
  return exchange;
}

const texts = (messages: Wire[], type: string) =>
  messages.filter(ofType(type)).map(({ sender, body }: Wire) => [sender.split(":")[0], body.text]);

Deno.test("the bot releases both questions and answers in one step, each to the other side only", async () => {
  await using server = await testServer();
  const { ada, bob, eve, tell } = await upToAnswers(server.url);
  assert.deepEqual(texts(await viewOf(bob), "question"), [
    ["p2", QUESTIONS[1]],
    ["bot", QUESTIONS[0]],
  ]);
  assert.ok(!(await viewOf(ada)).some(ofType("answer")));

  const [received, turn, ...more] = await tell(ada, { type: "answer", text: ANSWERS[0] });
  assert.deepEqual([received.body.type, received.body.from, more], ["received", "p1", []]);
  // Bob is told his question again, and Eve that he is told something.
  assert.deepEqual([turn.to, turn.withheld], [["p2"], true]);
  const { body } = (await viewOf(bob)).find(({ id }) => id === turn.id);
  assert.deepEqual([body.player, body.position.question], ["p2", QUESTIONS[0]]);
  for (const player of [bob, eve]) {
    assert.ok(!JSON.stringify(await viewOf(player)).includes(ANSWERS[0]), "not released");
  }
  const released = await tell(bob, `Answer: ${ANSWERS[1]}`);
  assert.deepEqual(released.map(({ to, withheld }) => [to, withheld]), [
    [undefined, undefined],
    [["p2"], true],
    [["p1"], true],
    [undefined, undefined],
    [undefined, undefined],
  ]);
  const forBob = (await viewOf(bob)).find(({ sender, body }) =>
    sender.startsWith("bot:") && body?.type === "answer"
  );
  const { from, question, text, entry } = forBob.body;
  assert.deepEqual([from, question, text], ["p1", QUESTIONS[1], ANSWERS[0]]);
  assert.equal(entry, received.cause, "the message with the answer");
  assert.deepEqual(texts(await viewOf(ada), "answer"), [["p1", ANSWERS[0]], [
    "bot",
    ANSWERS[1],
  ]]);

  const seenByEve = JSON.stringify(await viewOf(eve));
  for (const secret of [...QUESTIONS, ...ANSWERS]) assert.ok(!seenByEve.includes(secret), secret);
  assert.deepEqual(released.at(-1).body.result, { released: true, sides: ["p1", "p2"] });
});

Deno.test("if a side withdraws or leaves before both answers, the bot releases nothing", async (t) => {
  await using server = await testServer();
  const ways: [string, (who: Player) => Promise<Wire>][] = [
    ["withdraw", (who) => who.say("withdraw")],
    ["leave", (who) => who.call("leave_channel", { channel_id: who.channel_id })],
  ];
  for (const [name, withdraw] of ways) {
    await t.step(name, async () => {
      const { ada, bob, eve, tell } = await upToAnswers(server.url);
      await tell(ada, `answer: ${ANSWERS[0]}`);
      await withdraw(bob);
      const read = await eve.readUntil(ofType("bot:end"));
      const { result } = read.find(ofType("bot:end")).body;
      assert.deepEqual(result, { released: false, withdrawn_by: "p2" });
      // Answers after the end reach nobody.
      await ada.call("post_message", {
        channel_id: ada.channel_id,
        body: `answer: ${ANSWERS[0]}`,
        to: ["p1"],
      });
      const messages = await viewOf(ada);
      assert.ok(
        !messages.some(({ sender, body }) => sender.startsWith("bot:") && body?.type === "answer"),
      );
      assert.ok(!JSON.stringify(await viewOf(eve)).includes(ANSWERS[0]));
    });
  }
});

Deno.test("the first side to agree may withdraw, and others can start again", async () => {
  await using server = await testServer();
  const { ada, bob, eve, move } = await exchangeAt(server.url);
  await move(ada, "agree");
  await move(ada, "withdraw");
  await move(bob, "agree");
  const [agreed] = await move(eve, "agree");
  assert.deepEqual(agreed.body.sides, ["p2", "p3"]);
});

Deno.test("the bot refuses messages at the wrong time, from strangers or readable by all", async (t) => {
  await using server = await testServer();
  const { ada, bob, eve, answered, move, tell } = await exchangeAt(server.url);
  const refused = async (name: string, answers: Promise<Wire[]>, reason: string) => {
    await t.step(name, async () => {
      const [violation, ...more] = await answers;
      assert.deepEqual([violation.body.type, violation.body.reason, more], [
        "violation",
        reason,
        [],
      ]);
    });
  };
  await refused("a question before anyone agreed", tell(ada, "question: why?"), "NOT_A_SIDE");
  await move(ada, "agree");
  await refused("agreeing twice", move(ada, "agree"), "ALREADY_AGREED");
  await refused("a question to nobody", tell(ada, "question: why?"), "NOT_NOW");
  await move(bob, "agree");
  await refused("a third side", move(eve, "agree"), "NO_PLACE");
  await refused("a third side's withdrawal", move(eve, "withdraw"), "NOT_A_SIDE");
  await refused("an answer before the question", tell(ada, "answer: because"), "NOT_NOW");
  await refused("an open question", answered(ada.say("question: why?")), "NOT_PRIVATE");
  const toBob = { channel_id: ada.channel_id, body: "question: why?", to: ["p1", "p2"] };
  await refused(
    "a question to the other",
    answered(ada.call("post_message", toBob)),
    "NOT_PRIVATE",
  );
  await refused("nothing", tell(ada, "question: "), "BAD_LENGTH");
  await refused("too much", tell(ada, `question: ${"?".repeat(3_000)}`), "BAD_LENGTH");
  await tell(ada, "question: which?");
  const [replaced] = await tell(ada, "question: why?");
  assert.equal(replaced.body.type, "received");
  await tell(bob, "question: how?");
  assert.deepEqual(texts(await viewOf(bob), "question"), [["bot", "why?"]]);
});

Deno.test("in an open channel, the exchange is for one bot alone; a sealed one names its bots", async (t) => {
  await using server = await testServer();
  const OTHER = { code_ref: "builtin://GuessBot" };
  const EXCHANGE = { code_ref: "builtin://MemoryExchange" };
  const slots = ["bot:a", "bot:b", "invite:ada", "invite:bob"];
  await t.step("it does not begin beside another bot", async () => {
    const room = { slots, bots: [OTHER, EXCHANGE] };
    const { players: [ada] } = await roomOf(server.url, room, 1);
    const read = await ada!.readUntil(ofType("bot:end"));
    assert.deepEqual(read.find(ofType("abandoned")).body.bots, ["bot_GuessBot_0"]);
    assert.deepEqual(read.find(ofType("bot:end")).body.result.released, false);
  });
  await t.step("it ends when one comes", async () => {
    const { host, players: [ada] } = await roomOf(server.url, { slots, bots: [EXCHANGE] }, 1);
    const { channel_id } = host;
    await ada!.call("make_game_move", { channel_id, game: "exchange", action: "agree" });
    await ada!.readUntil(ofType("agreed"));
    await host.call("attach_bot", { channel_id, bot: OTHER });
    const read = await ada!.readUntil(ofType("bot:end"));
    assert.deepEqual(read.find(ofType("abandoned")).body.bots, ["bot_GuessBot_1"]);
  });
  for (const bots of [[OTHER, EXCHANGE], [EXCHANGE, OTHER]]) {
    await t.step(
      `sealed, it begins beside ${bots.indexOf(OTHER) === 0 ? "an earlier" : "a later"} one`,
      async () => {
        const { players: [ada, bob] } = await roomOf(server.url, { slots, bots, sealed: true }, 2);
        for (const player of [ada!, bob!]) {
          const { channel_id } = player;
          await player.call("make_game_move", { channel_id, game: "exchange", action: "agree" });
        }
        const read = await bob!.readUntil(({ body }) => body?.sides?.length === 2);
        assert.equal(read.find(ofType("abandoned")), undefined);
      },
    );
  }
});
