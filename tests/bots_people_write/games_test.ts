/** Bots as people write them with `mcpmp bot new` and the docs, in all their habits: `bot check`
 *  has no doubt, `bot test` finds no fault, and editors have nothing to say of their types. */
import assert from "node:assert/strict";
import { basename, extname } from "node:path";
import { answersIn } from "../../src/cli/bot/answers.ts";
import type { Played } from "../../src/cli/bot/game_check.ts";
import { playGames } from "../../src/cli/bot/play_games.ts";
import { playScript } from "../../src/cli/bot/play_script.ts";
import { scriptIn } from "../../src/cli/bot/script.ts";
import { Table } from "../../src/cli/bot/table.ts";
import { usualSeats } from "../../src/cli/bot/usual_seats.ts";
import type { BotDef } from "../../src/domain/bot/bot.ts";
import { movesDoubted, movesIgnored, movesOf } from "../../src/domain/bot/moves.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { THOROUGH } from "../support/thorough.ts";
import { complaintsOf, typedBots } from "../support/typed_bots.ts";
import { pythonComplaints } from "../support/typed_python.ts";

const FOLDER = new URL("games/", import.meta.url);
const LANGUAGES = ["javascript", "typescript", "python"] as const;
/** As `bot test` plays without `--moves`. */
const MOVES = 500;

/** What their authors pass to `bot test`. */
const OPTIONS: Record<string, { seats?: number; params?: BotDef["params"] }> = {
  "code_words.ts": { seats: 4 },
  "poll.js": { params: { question: "Where do we meet?" } },
};
/** Services, which are there as long as somebody asks them. */
const ENDLESS = ["bank.py", "rates.py", "todo.js", "weather_oracle.ts"];

const files = Object.fromEntries(
  await Promise.all(LANGUAGES.map(async (language) => {
    const folder = new URL(`${language}/`, FOLDER);
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    const texts = names.sort().map(async (name) =>
      [name, await Deno.readTextFile(new URL(name, folder))] as const
    );
    return [language, Object.fromEntries(await Promise.all(texts))] as const;
  })),
) as Record<typeof LANGUAGES[number], Record<string, string>>;

/** The bots among the files of a language, by name. */
function botsIn(language: typeof LANGUAGES[number]): Record<string, string> {
  const isSource = (name: string) => /(?<!\.d)\.(js|ts|py)$/.test(name);
  return Object.fromEntries(Object.entries(files[language]).filter(([name]) => isSource(name)));
}

/** `number` is that of the game that is played: after the first there is a rematch, and in the
 *  second players post what nobody should. */
async function play(
  sandbox: Sandbox,
  language: typeof LANGUAGES[number],
  name: string,
  number: number,
) {
  const { params, seats } = OPTIONS[name] ?? {};
  const bot: BotDef = {
    inline_code: files[language][name]!,
    ...language === "python" && { language },
    ...params && { params },
  };
  const other = (extension: string) => files[language][basename(name, extname(name)) + extension];
  const script = other(".script.txt");
  const answers = { answers: answersIn(other(".answers.json") ?? "{}") };
  const given = { bot, seed: "people" };
  const def = { ...given, seats: seats ?? await usualSeats(sandbox, given) };
  {
    await using table = await Table.open(sandbox, def);
    const { manifest } = await table.bot();
    assert.equal(movesIgnored(manifest), null);
    assert.equal(movesDoubted(manifest), null);
    assert.ok(movesOf(manifest), "moves are declared");
  }
  const all: Played[] = [];
  if (script !== undefined) {
    const lines = scriptIn(script, def.seats);
    all.push(await playScript(sandbox, { ...def, ...answers, script: lines }));
  }
  const games = { games: 10, game: THOROUGH ? undefined : number };
  // The answers of a script are not those to whatever else may be asked: no site answers then.
  const known = script === undefined && answers;
  all.push(await playGames(sandbox, { ...def, ...known, ...games, moves: MOVES }));
  return all;
}

for (const language of LANGUAGES) {
  Deno.test(`bots that people write in ${language} play without a fault`, async (t) => {
    const sandbox = await openSandbox({
      hosts: 1,
      hookTimeoutMs: 60_000,
      lateSpare: true,
      network: { schemes: "off", denied: [] },
    });
    for (const [i, name] of Object.keys(botsIn(language)).entries()) {
      await t.step(name, async () => {
        const all = await play(sandbox, language, name, i % 2 + 1);
        assert.deepEqual(all.flatMap(({ faults }) => faults), []);
        const { games, ended, moves } = all.at(-1)!;
        assert.ok(moves > 0);
        if (!ENDLESS.includes(name)) assert.equal(ended, games);
      });
    }
    await sandbox.close();
  });
}

Deno.test("a compiler that knows the types of bots has nothing to say of them", async () => {
  assert.deepEqual(complaintsOf(await typedBots(botsIn("typescript"))), []);
});

Deno.test("pyright has nothing to say of those in Python", async () => {
  assert.deepEqual(await pythonComplaints(botsIn("python")), []);
});
