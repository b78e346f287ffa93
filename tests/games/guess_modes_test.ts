/** GuessBot's modes besides numbers: the verdicts against a second reckoning, and that what a turn
 *  says is left is true and leads to the end. */
import assert from "node:assert/strict";
import { paramsOf } from "../../src/domain/bot/params.ts";
import { BotTable, gameSandbox, refereeOf } from "../support/bot_table.ts";
import { Chooser } from "../support/chooser.ts";
import { sha256Hex, type Wire } from "../support/player.ts";

const SOURCE = await Deno.readTextFile(
  new URL("../../bots/guess/guess_bot.ts", import.meta.url),
);

/** The marks of a guess, by counting letters. */
function marksOf(guess: string, word: string): string {
  return [...guess].map((letter, i) => {
    if (word[i] === letter) return "=";
    const wanted = [...word].filter((each, j) => each === letter && guess[j] !== letter).length;
    const earlier = [...guess].filter((each, j) => j < i && each === letter && word[j] !== letter);
    return earlier.length < wanted ? "+" : "-";
  }).join("");
}

Deno.test("GuessBot's modes in the sandbox", async (t) => {
  await using sandbox = await gameSandbox();
  const referee = await refereeOf(sandbox, SOURCE);
  const table = async (params: Wire, seed: number) => {
    const given = paramsOf(referee.manifest, params);
    const text = seed.toString(16).padStart(4, "0").repeat(14);
    const made = new BotTable(sandbox, referee, ["p1", "p2"], given, text);
    await made.start();
    return made;
  };
  const legal = async (game: BotTable) => {
    const { player, legal_moves: [{ action, value }] } = game.last("bot:turn");
    await game.move(player, action, value);
  };

  await t.step("hot and cold: the verdicts are true, and halves lead to the number", async () => {
    for (let seed = 0; seed < 40; seed++) {
      const chooser = new Chooser(seed);
      const low = chooser.below(200) - 100;
      const high = low + 1 + chooser.below(2_000);
      const game = await table({ mode: "hot_cold", range: [low, high] }, seed);
      const left: Wire[] = [];
      const isStray = seed % 2 === 1;
      for (let guesses = 0; game.result === undefined; guesses++) {
        assert.ok(guesses < 60, `${low} ${high}: ${JSON.stringify(left)}`);
        left.push(game.last("bot:turn").position);
        const stray = low + chooser.below(high - low + 1);
        if (isStray && guesses < 10) await game.move(game.last("bot:turn").player, "guess", stray);
        else await legal(game);
      }
      const { target, salt, commit } = game.last("bot:reveal");
      assert.equal(await sha256Hex(`${target}${salt}`), commit);
      for (const each of left) assert.ok(each.low <= target && target <= each.high);
      const judged = game.posts.filter(({ body }) => body.type === "judge").map(({ body }) => body);
      for (const [i, { guess, result }] of judged.entries()) {
        const before = judged[i - 1]?.guess;
        const nearer = Math.abs(before - target) - Math.abs(guess - target);
        const right = guess === target
          ? "correct"
          : i === 0
          ? "first"
          : nearer > 0
          ? "hotter"
          : nearer < 0
          ? "colder"
          : "same";
        assert.equal(result, right, JSON.stringify(judged));
      }
      if (!isStray) assert.ok(judged.length <= 2 * Math.ceil(Math.log2(high - low + 1)) + 3);
    }
  });

  await t.step("words: the marks are true, and the words that fit lead to the word", async () => {
    const targets = new Set<string>();
    for (let seed = 0; seed < 25; seed++) {
      const game = await table({ mode: "word" }, seed);
      assert.equal(game.last("prompt").letters, 5);
      await game.say("p1", "guess eerie");
      await game.say("p2", "My guess is Sassy!");
      for (let guesses = 0; game.result === undefined; guesses++) {
        assert.ok(guesses < 30);
        assert.ok(game.last("bot:turn").position.left > 0);
        await legal(game);
      }
      const { target, salt, commit } = game.last("bot:reveal");
      targets.add(target);
      assert.equal(await sha256Hex(`${target}${salt}`), commit);
      for (const { body: { type, guess, marks, result } } of game.posts) {
        if (type === "judge" && result !== "correct") assert.equal(marks, marksOf(guess, target));
      }
    }
    assert.ok(targets.size > 20);
  });

  await t.step("what is no word is refused with the right form, and talk is talk", async () => {
    const game = await table({ mode: "word" }, 1);
    const before = game.posts.length;
    for (const text of ["hello", "crane?", "I guess so", "guess what it is", "42"]) {
      await game.say("p1", text);
    }
    assert.equal(game.posts.length, before + 1, "only two words behind guess are near a move");
    for (const value of ["cranes", "cr4ne", 42, null, ["crane", "stone"], "çrane", ""]) {
      await game.move("p1", "guess", value);
      assert.equal(game.last("violation").reason, "BAD_MOVE", JSON.stringify(value));
      assert.match(game.last("violation").details, /a word of 5 letters/);
    }
    await game.move("p2", "word", "crane");
    assert.equal(game.last("violation").reason, "BAD_TURN");
    await game.move("p1", "guess", { word: " CRANE " });
    assert.equal(game.last("judge").guess, "crane");
    const numbers = await table({}, 1);
    await numbers.move("p1", "word", "crane");
    assert.match(numbers.last("violation").details, /whole number/);
  });

  await t.step("a range that hot and cold can't take is refused", async () => {
    const given = paramsOf(referee.manifest, { mode: "hot_cold", range: [0, 2 ** 52] });
    const game = new BotTable(sandbox, referee, ["p1", "p2"], given);
    await assert.rejects(game.start(), /hot_cold takes numbers within/);
  });
});
