/** `mcpmp bot` as authors run it: a new bot in each language is sound, a wrong one is named with
 *  its line, and an edit takes effect while they play. */
import assert from "node:assert/strict";
import { KINDS, LANGUAGES } from "../../src/cli/bot/choices.ts";
import { filesOf } from "../../src/cli/bot/new_bot.ts";
import { playGames } from "../../src/cli/bot/play_games.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { CommandLine } from "../support/command_line.ts";
import { Conversation } from "../support/conversation.ts";
import { NIM, PLANTED } from "./bot_faults.ts";

Deno.test("a new bot is sound in each language, and its types know ctx", async () => {
  await using cli = await CommandLine.at(undefined);
  for (const [language, file] of [["typescript", "ts"], ["javascript", "js"], ["python", "py"]]) {
    const { files } = await cli.json("bot", "new", "FourStones", "--language", language!);
    assert.equal(files[0], `four_stones.${file}`);
    const tested = await cli.json("bot", "test", files[0], "--games", "4");
    assert.deepEqual([tested.ok, tested.ended, tested.faults], [true, 4, []]);
  }
  const rules = await cli.json("bot", "new", "FiveStones", "--kind", "rules");
  assert.deepEqual(rules.files, ["five_stones.ts", "bot.d.ts"]);
  const python = ["bot", "new", "SixStones", "--kind", "rules", "--language", "python"];
  const none = await cli.run(python);
  assert.deepEqual([none.code, /take --kind turns/.test(none.stderr)], [2, true]);
  const again = await cli.run(["bot", "new", "FourStones"]);
  assert.deepEqual([again.code, /four_stones.ts is there already/.test(again.stderr)], [2, true]);
  const named = await cli.run(["bot", "new", "four-stones.ts"]);
  assert.deepEqual([named.code, /first, such as FourStones\.$/m.test(named.stderr)], [2, true]);
  const check = new Deno.Command(Deno.execPath(), {
    args: ["check", "--no-config", "--quiet", "four_stones.ts", "five_stones.ts"],
    cwd: cli.folder,
    env: { NO_COLOR: "1" },
  });
  const { code, stderr } = await check.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
});

Deno.test("what a new bot begins with is as its author would write it, and sound", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 10_000, lateSpare: true });
  for (const language of LANGUAGES) {
    for (const kind of KINDS) {
      const [[file, source] = []] = Object.entries(filesOf("Mine", language, kind) ?? {});
      if (source === undefined) continue;
      await t.step(`${kind} in ${language}`, async () => {
        const { faults, ended, note } = await playGames(sandbox, {
          ...{ bot: { inline_code: source, language }, seats: 2, games: 4, moves: 60, seed: "new" },
        });
        assert.deepEqual([faults, note, ended], [[], undefined, kind === "service" ? 0 : 4]);
        if (language === "python") return;
        const format = new Deno.Command(Deno.execPath(), {
          args: [
            "fmt",
            "--no-config",
            "--line-width=100",
            "--check",
            `--ext=${file!.slice(-2)}`,
            "-",
          ],
          stdin: "piped",
          stderr: "piped",
        }).spawn();
        const written = format.stdin.getWriter();
        await written.write(new TextEncoder().encode(source));
        await written.close();
        const { success, stderr } = await format.output();
        assert.ok(success, new TextDecoder().decode(stderr));
      });
    }
  }
  await sandbox.close();
});

Deno.test("a wrong bot is named with its line, and how it went wrong", async () => {
  await using cli = await CommandLine.at(undefined);
  const write = (name: string, text: string) => Deno.writeTextFile(`${cli.folder}/${name}`, text);

  await write("nim.js", NIM);
  const sound = await cli.json("bot", "check", "nim.js");
  assert.deepEqual([sound.ok, sound.name, sound.net], [true, "Nim", []]);
  const list = 'value: { type: "array" }';
  await write("list.js", NIM.replace('value: "<whole number 1 to 2>"', list));
  const doubtful = await cli.run(["bot", "check", "list.js"]);
  assert.deepEqual([doubtful.code, /! In manifest.moves: .* no list/.test(doubtful.stdout)], [
    0,
    true,
  ]);
  await write("wrong.js", NIM.replace("actions: {", "action: {"));
  assert.match((await cli.json("bot", "check", "wrong.js")).doubt, /^All moves are ignored: moves/);
  const params = 'params: { type: "object", required: ["to"], properties: { to: {} } },';
  await write("asks.js", NIM.replace("net: [],", `net: [], ${params}`));
  const asks = await cli.run(["bot", "check", "asks.js"]);
  assert.match(asks.stderr, /^✘ Parameter to is missing: .* Pass it by --params '\{"to":0\}'/);
  const players = "players: { type: 'integer', minimum: 2, maximum: 4, default: 2 }";
  await write(
    "four.js",
    NIM.replace("net: [],", `net: [], params: { type: "object", properties: { ${players} } },`),
  );
  const four = await cli.run(["bot", "check", "four.js", "--params", '{"players":4}']);
  assert.equal(four.code, 0, four.stderr);
  const five = await cli.run(["bot", "check", "four.js", "--params", '{"players":5}']);
  assert.match(five.stderr, /must be .* from 2 to 4, .* Pass it by --params '\{"players":2\}'/);
  await write("half.js", "class Half {\n  on_init() {");
  const half = await cli.run(["bot", "check", "half.js"]);
  assert.equal(half.code, 1);
  assert.match(half.stderr, /^✘ line 2: Syntax error: .+\. Correct the source/);
  await write("sad.js", "class Sad {\n  on_init() { throw new Error('sad'); }\n}");
  const sad = await cli.run(["bot", "check", "sad.js"]);
  assert.deepEqual([sad.code, sad.stdout.split("\n").at(-2)], [
    1,
    "✘ on_init failed at line 2 (threw): sad",
  ]);

  const { change: [from, to] } = PLANTED["a hook that throws in the middle of a game"]!;
  await write("planted.js", NIM.replace(from, () => to));
  const planted = await cli.run(["bot", "test", "planted.js", "--games", "2"]);
  assert.equal(planted.code, 1);
  assert.match(
    planted.stdout,
    /^✘ hook_failed: After p\d made the move .* at line 34 .*seed 1\)$/m,
  );

  await write("empty.js", " \n");
  await Deno.writeFile(
    `${cli.folder}/latin.py`,
    Uint8Array.of(...new TextEncoder().encode("# "), 233),
  );
  for (
    const [file, why] of [["empty.js", /is empty/], ["latin.py", /is not UTF-8 text/]] as const
  ) {
    const refused = await cli.run(["bot", "check", file]);
    assert.equal(refused.code, 2, file);
    assert.match(refused.stderr, why);
  }
  const homeless = await cli.run(["bot", "check", "nim.js"], { env: { HOME: "" } });
  assert.equal(homeless.code, 0, homeless.stderr);

  for (const args of [["check", "none.js"], ["test", "nim.js", "--games", "0"]]) {
    assert.equal((await cli.run(["bot", ...args])).code, 2);
  }
});

Deno.test("an author plays in all seats, and an edit takes effect at once", async () => {
  await using cli = await CommandLine.at(undefined);
  const file = `${cli.folder}/nim.js`;
  await Deno.writeTextFile(file, NIM);
  await using bot = new Conversation(cli, ["bot", "run", "nim.js"]);
  await bot.says(/p1 to move: take 1, take 2/);
  await bot.write("1 take 2");
  await bot.says(/p2 to move: take 1, take 2/);
  await bot.write("2 take 7");
  await bot.says(/violation.*Take 1 or 2\./);
  await bot.write("state");
  await bot.says(/"heap": 5/);

  await Deno.writeTextFile(file, NIM.replace("heap: 7", "heap: 9"));
  await bot.says(/nim\.js has changed: 2 of 2 steps taken again/);
  await bot.write("state");
  await bot.says(/"heap": 7/);
  // A source that is half written changes nothing.
  await Deno.writeTextFile(file, "class {");
  await bot.says(/✘ line 1: /);
  await bot.write("undo");
  await bot.write("undo");
  await bot.write("state");
  await bot.says(/"heap": 9/);
  await bot.write("nonsense");
  await bot.says(/✘ This says nothing here/);
  await bot.write("quit");
  assert.equal(await bot.code, 0);
});
