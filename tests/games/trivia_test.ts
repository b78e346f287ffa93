/** Trivia: every question has the answer that a second reckoning finds, and a game of each source
 *  ends as it should. */
import assert from "node:assert/strict";
import { paramsOf } from "../../src/domain/bot/params.ts";
import { commitmentTo } from "../../src/domain/transcript/commitment.ts";
import { BotTable, gameSandbox, refereeOf } from "../support/bot_table.ts";
import { ofType, type Player, refuses, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const SOURCE = await Deno.readTextFile(new URL("../../bots/trivia/trivia.ts", import.meta.url));
const PRESET = "builtin://Trivia";
const SALT = "5a".repeat(32);
const TOPICS = [
  ...["arithmetic", "sequences", "calendar", "clock", "anagrams"],
  ...["letters", "numerals", "numbers", "order"],
];

const ROMAN: Record<string, number> = { M: 1000, D: 500, C: 100, L: 50, X: 10, V: 5, I: 1 };
const romanValue = (text: string) =>
  [...text].reduce((sum, sign, i) => {
    const next = ROMAN[text[i + 1] ?? ""] ?? 0;
    return sum + (ROMAN[sign]! < next ? -ROMAN[sign]! : ROMAN[sign]!);
  }, 0);
const sorted = (text: string) => [...text].sort().join("");
const dayOf = (date: string) => Math.round(Date.parse(date) / 86_400_000);

/** Works a question out from its words alone. Returns the answer, or how to check one. */
function solved(question: string): string | ((answer: string) => boolean) {
  const rules: [RegExp, (...parts: string[]) => string | ((answer: string) => boolean)][] = [
    [/^What is the remainder of (\d+) divided by (\d+)\?$/, (a, b) => `${+a! % +b!}`],
    [/^What is (\d+) \+ (\d+) \* (\d+)\?$/, (a, b, c) => `${+a! + +b! * +c!}`],
    [/^What is (\d+) \* (\d+) - (\d+)\?$/, (a, b, c) => `${+a! * +b! - +c!}`],
    [/^What is \((\d+) \+ (\d+)\) \* (\d+)\?$/, (a, b, c) => `${(+a! + +b!) * +c!}`],
    [
      /^A sequence begins (\d+), (\d+), and each further term (.*)\. What is its term number (\d+)\?$/,
      (a, b, rule, at) => {
        const terms = [BigInt(a!), BigInt(b!)];
        const [, times] = /plus (\d+) times/.exec(rule!) ?? [];
        while (terms.length < +at!) {
          const [before, last] = terms.slice(-2) as [bigint, bigint];
          if (rule!.startsWith("is the sum")) terms.push(last + before);
          else if (times) terms.push(last + BigInt(times) * before);
          else terms.push(last + (last - before) + 3n);
        }
        return `${terms[+at! - 1]}`;
      },
    ],
    [
      /^What day of the week is (\S+)\?$/,
      (date) => new Date(date!).toLocaleDateString("en-US", { weekday: "long", timeZone: "UTC" }),
    ],
    [/^How many days is it from (\S+) to (\S+)\?$/, (a, b) => `${dayOf(b!) - dayOf(a!)}`],
    [
      /^What date is (\d+) days after (\S+)\?$/,
      (days, date) => (answer) => dayOf(answer) - dayOf(date!) === +days!,
    ],
    [
      /^It is (\d\d):(\d\d)\. What time is it (\d+) minutes later, in 24 hours\?$/,
      (h, m, more) => new Date(Date.UTC(2000, 0, 1, +h!, +m! + +more!)).toISOString().slice(11, 16),
    ],
    [
      /^Which one is an anagram of (\w+): (.*)\?$/,
      (word, choices) => {
        const right = choices!.split(", ").filter((each) => sorted(each) === sorted(word!));
        assert.equal(right.length, 1, choices);
        return right[0]!;
      },
    ],
    [/^Write (\w+) backwards\.$/, (word) => (answer) => [...answer].reverse().join("") === word],
    [/^Put the letters of (\w+) in/, (word) => sorted(word!)],
    [
      /^How many times is (\w) in (\w+)\?$/,
      (one, row) => `${[...row!].filter((each) => each === one).length}`,
    ],
    [
      /^Move each letter of (\w+) (\d+) on/,
      (word, by) => {
        const abc = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        return [...word!].map((each) => abc.at((abc.indexOf(each) + +by!) % 26)).join("");
      },
    ],
    [
      /^Write (\d+) in Roman numerals\.$/,
      (value) => (answer) => romanValue(answer) === +value! && !/(.)\1{3}/.test(answer),
    ],
    [/^Which number is (\w+), in Roman numerals\?$/, (text) => `${romanValue(text!)}`],
    [/^Which number is (\d+), in binary\?$/, (text) => `${parseInt(text!, 2)}`],
    [/^Write (\d+) in hexadecimal\.$/, (value) => (answer) => parseInt(answer, 16) === +value!],
    [
      /^What is the greatest common divisor of (\d+) and (\d+)\?$/,
      (a, b) => {
        let divisor = Math.min(+a!, +b!);
        while (+a! % divisor !== 0 || +b! % divisor !== 0) divisor--;
        return `${divisor}`;
      },
    ],
    [
      /^What is the least common multiple of (\d+) and (\d+)\?$/,
      (a, b) => {
        let multiple = +a!;
        while (multiple % +b! !== 0) multiple += +a!;
        return `${multiple}`;
      },
    ],
    [
      /^What is the sum of the digits of (\d+)\?$/,
      (digits) => `${[...digits!].map(Number).reduce((a, b) => a + b)}`,
    ],
    [
      /^(.* is taller than .*)\. Who is the (.*)\?$/,
      (clues, which) => {
        const pairs = clues!.split(". ").map((each) => each.split(" is taller than "));
        const below = new Map(pairs.map(([taller, smaller]) => [taller!, smaller!]));
        const smaller = new Set(below.values());
        const order = [[...below.keys()].find((name) => !smaller.has(name))!];
        while (below.has(order.at(-1)!)) order.push(below.get(order.at(-1)!)!);
        const names = ["tallest", "second tallest", "third tallest"];
        const at = names.includes(which!) ? names.indexOf(which!) : parseInt(which!.slice(7)) - 1;
        return order[at]!;
      },
    ],
  ];
  const found = rules.flatMap(([form, solve]) => {
    const parts = form.exec(question);
    return parts ? [solve(...parts.slice(1))] : [];
  });
  assert.equal(found.length, 1, question);
  return found[0]!;
}

function isRight(question: string, answer: string): boolean {
  const right = solved(question);
  return typeof right === "string" ? right === answer : right(answer);
}

Deno.test("Trivia in the sandbox", async (t) => {
  await using sandbox = await gameSandbox();
  const referee = await refereeOf(sandbox, SOURCE);
  const table = async (params: Wire = {}, count = 3, seed?: string) => {
    const players = Array.from({ length: count }, (_, i) => `p${i + 1}`);
    const given = paramsOf(referee.manifest, { players: count, ...params });
    const made = new BotTable(sandbox, referee, players, given, seed);
    await made.start();
    return made;
  };
  const question = (game: BotTable) => {
    const { position, now } = game.last("bot:turn");
    return (now?.position ?? position).question as string;
  };

  await t.step(
    "every question of every topic and level has the answer that it asks for",
    async () => {
      const asked = new Set<string>();
      for (const topic of TOPICS) {
        for (const level of [1, 2, 3]) {
          for (let run = 0; run < 3; run++) {
            const seed = `${TOPICS.indexOf(topic)}${level}${run}`.padEnd(64, "0");
            const game = await table({ topics: [topic], level, rounds: 20 }, 1, seed);
            await game.move("p1", "concede");
            const { questions } = game.last("bot:reveal").secret;
            assert.equal(questions.length, 20);
            for (const { question, answer } of questions) {
              assert.ok(isRight(question, answer), `${question} ${answer}`);
              assert.ok(question.length < 400 && answer.length <= 100);
              asked.add(question);
            }
          }
        }
      }
      // Hardly any come twice, so nobody learns them.
      assert.ok(asked.size > 0.9 * TOPICS.length * 3 * 3 * 20, `${asked.size}`);
    },
  );

  await t.step("answers are unseen until all are in; then the right ones are points", async () => {
    const game = await table({ rounds: 2 });
    const asked = question(game);
    const before = game.posts.length;
    await game.move("p1", "answer", "hunter2");
    await game.move("p2", "answer", "hunter2 and more");
    const said = JSON.stringify(game.posts.slice(before));
    assert.doesNotMatch(said, /hunter/);
    await game.move("p3", "answer", "?");
    const { answer, given, right, scores } = game.last("answers");
    assert.ok(isRight(asked, answer));
    assert.deepEqual(given, { p1: "hunter2", p2: "hunter2 and more", p3: "?" });
    assert.deepEqual([right, scores], [[], { p1: 0, p2: 0, p3: 0 }]);
  });

  await t.step("an answer in any usual spelling is right", async () => {
    const topics = ["arithmetic", "calendar", "clock", "numerals"];
    for (let seed = 0; seed < 12; seed++) {
      const game = await table({ topics, rounds: 20, level: 3 }, 2, `${seed}`.padEnd(64, "e"));
      // The committed answers, as the end of another game of this seed shows them.
      const other = await table({ topics, rounds: 20, level: 3 }, 2, `${seed}`.padEnd(64, "e"));
      await other.move("p1", "concede");
      const { questions } = other.last("bot:reveal").secret;
      for (const { answer } of questions.slice(0, 5)) {
        const spelt = /^\d{4,}$/.test(answer)
          ? Number(answer).toLocaleString("en-US")
          : `  "${answer.toLowerCase()}". `;
        await game.move("p1", "answer", spelt);
        await game.move("p2", "answer", /^\d+$/.test(answer) ? Number(answer) : `${answer}x`);
        assert.ok(game.last("answers").right.includes("p1"), `${answer} ${spelt}`);
        assert.equal(game.last("answers").right.includes("p2"), /^\d+$/.test(answer));
      }
    }
  });

  await t.step("the winner has most points; the last one left wins", async () => {
    const game = await table({ rounds: 1, topics: ["order"] });
    const right = solved(question(game)) as string;
    await game.move("p2", "answer", right);
    await game.move("p1", "answer", "Nobody");
    await game.move("p3", "answer", "");
    assert.match(game.last("violation").details, /at most 100 characters/);
    await game.move("p3", "answer", "x".repeat(101));
    assert.match(game.last("violation").details, /at most 100 characters/);
    await game.move("p3", "answer", "Nobody");
    const { result, winners, ranking, scores } = game.result!;
    assert.deepEqual([result, winners, ranking], ["won", ["p2"], [["p2"], ["p1", "p3"]]]);
    assert.deepEqual(scores, { p1: 0, p2: 1, p3: 0 });

    const left = await table({ rounds: 3 });
    await left.move("p1", "answer", "x");
    await left.leave("p2");
    await left.move("p1", "concede");
    assert.deepEqual([left.result!.winners, left.result!.ranking], [["p3"], [["p3"], ["p1"], [
      "p2",
    ]]]);
  });

  await t.step("whoever is late has no answer, and none for the next question", async () => {
    const game = await table({ rounds: 2, clock: { move_s: 30 } }, 2);
    const first = game.id;
    await game.move("p1", "answer", "x", { answers: first });
    await game.wait(30_000);
    assert.deepEqual(game.last("answers").given, { p1: "x" });
    await game.move("p2", "answer", "y", { answers: first });
    assert.equal(game.last("violation").reason, "LATE");
    await game.wait(30_000);
    assert.equal(game.result!.result, "drawn");
  });

  await t.step("a quizmaster asks, commits and reveals", async () => {
    const game = await table({ source: "quizmaster", rounds: 2 });
    assert.deepEqual(game.turn, ["p1"]);
    await game.move("p2", "answer", "x");
    assert.equal(game.last("violation").reason, "BAD_TURN");
    for (const value of ["Who?", { question: "Who?" }, { question: "", commit: "0".repeat(64) }]) {
      await game.move("p1", "ask", value);
      assert.match(game.last("violation").details, /make_commitment/);
    }
    await game.move("p1", "ask", {
      question: "Capital of France?",
      commit: commitmentTo("Paris", SALT),
    });
    assert.deepEqual(game.turn, ["p2", "p3"]);
    assert.equal(question(game), "Capital of France?");
    await game.move("p3", "answer", "paris!");
    await game.move("p2", "answer", "Lyon");
    assert.deepEqual(game.turn, ["p1"]);
    await game.move("p1", "reveal", { value: "Paris", salt: SALT });
    assert.deepEqual(game.last("answers").right, ["p3"]);
    // A reveal of another answer is worth a point to everyone who has given one.
    await game.move("p1", "ask", { question: "1 + 1?", commit: commitmentTo(2, SALT) });
    await game.move("p3", "answer", "11");
    await game.move("p2", "answer", "2");
    await game.move("p1", "reveal", { value: 11, salt: SALT });
    assert.deepEqual(game.last("answers").right, ["p2", "p3"]);
    assert.deepEqual(game.result!.scores, { p2: 1, p3: 2 });
    assert.deepEqual(game.result!.ranking, [["p3"], ["p2"]]);
  });

  await t.step("the longest questions and answers have room", async () => {
    const game = await table({ source: "quizmaster", rounds: 20, players: 16 }, 16);
    const question = "\u0001".repeat(500);
    for (let round = 0; round < 20; round++) {
      await game.move("p1", "ask", {
        question: `${question.slice(1)}?`,
        commit: commitmentTo(2, SALT),
      });
      for (let i = 2; i <= 16; i++) await game.move(`p${i}`, "answer", `x${"\u0001".repeat(98)}x`);
      await game.move("p1", "reveal", { value: 2, salt: SALT });
    }
    assert.equal(game.result!.result, "drawn");
  });

  await t.step("a game ends without its quizmaster, or with one player left", async () => {
    const gone = await table({ source: "quizmaster" });
    await gone.move("p1", "concede");
    assert.deepEqual([gone.result!.result, gone.result!.winners], ["abandoned", []]);
    const left = await table({ source: "quizmaster" });
    await left.leave("p3");
    assert.deepEqual([left.result!.result, left.result!.winners], ["conceded", ["p2"]]);
    assert.deepEqual(left.result!.ranking, [["p2"], ["p3"]]);
    const none = await table({ source: "quizmaster" }, 2);
    await none.move("p2", "concede");
    assert.deepEqual([none.result!.result, none.result!.winners], ["conceded", []]);
    const slow = await table({ source: "quizmaster", clock: { move_s: 9 }, rounds: 2 });
    await slow.wait(9_000);
    assert.deepEqual(slow.last("answers").right, []);
    await slow.move("p1", "ask", { question: "?", commit: commitmentTo(2, SALT) });
    await slow.move("p2", "answer", "3");
    await slow.wait(9_000);
    assert.deepEqual(slow.turn, ["p1"]);
    await slow.wait(9_000);
    assert.deepEqual([slow.result!.result, slow.result!.winners], ["won", ["p2"]]);
  });
});

Deno.test("Trivia over HTTP: a quizmaster's commitment is made and revealed", async () => {
  await using server = await testServer();
  const { players, created } = await roomOf(server.url, {
    slots: ["bot:quiz", "invite:a", "invite:b", "invite:c"],
    bots: [{ code_ref: PRESET, params: { source: "quizmaster", rounds: 1 } }],
  }, 3);
  assert.equal(created.bot_errors, undefined);
  const [ann, bob, eve] = players as [Player, Player, Player];
  const { channel_id } = ann;
  const move = (player: Player, action: string, value: unknown) =>
    player.call("make_game_move", { channel_id, game: "quiz", action, value });
  const { commit, salt } = await ann.call("make_commitment", { value: "blue" });
  await move(ann, "ask", { question: "My favourite colour?", commit });
  await move(bob, "answer", "blue");
  await move(eve, "answer", "Red");
  await eve.readUntil(({ body }) => body?.type === "bot:turn" && body.player === ann.player_id);
  await move(ann, "reveal", { value: "blue", salt });
  const read = await eve.readUntil(ofType("bot:end"));
  const { given, right } = read.find(ofType("answers")).body;
  assert.deepEqual([given, right], [{ p2: "blue", p3: "Red" }, ["p2"]]);
});

Deno.test("Trivia refuses wrong parameters with the right ones", async () => {
  await using server = await testServer();
  const wrong: [Wire, RegExp][] = [
    [{ source: "quizmaster", players: 1 }, /players is 1, but a quizmaster needs at least 2/],
    [{ topics: ["history"] }, /topics.*arithmetic/],
    [{ topics: [] }, /topics/],
    [{ level: 4 }, /level/],
    [{ questions: 4 }, /questions/],
  ];
  for (const [params, told] of wrong) {
    const { host, created } = await roomOf(
      server.url,
      { slots: ["bot:r", "invite:a", "invite:b"] },
      0,
    );
    const { channel_id } = created;
    const bot = { code_ref: PRESET, params };
    const { detail } = await refuses(host.call("attach_bot", { channel_id, bot }), "BOT_REJECTED");
    assert.match(detail, told);
  }
});
