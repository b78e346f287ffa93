/** Each verb, as a process, in the conditions that scripts and people bring about: a terminal of 40
 *  columns without colours, a pipe that is closed at once, an expired token, a server that is away,
 *  a refusal, wrong usage. */
import assert from "node:assert/strict";
import { CommandLine } from "../support/command_line.ts";
import { testServer } from "../support/server.ts";
import { NIM } from "./bot_faults.ts";

/** In the arguments, `#` stands for a channel, `@` for one that nobody has, `+` for an invite that
 *  nobody has used, and `%` for a new name. */
interface Verb {
  /** Ends well. */
  works: string;
  /** What has to be typed then. */
  typed?: string;
  /** The server refuses it; absent: it refuses nothing of it. */
  refused?: string;
  /** Can't be meant. */
  wrong: string;
  /** The exit code without a server; 3 if absent. */
  away?: 0 | 1;
  /** It prints what stays as it is, however wide the terminal is. */
  exact?: true;
}

const VERBS: Record<string, Verb> = {
  play: { works: "play", refused: "play -g NoSuchGame", wrong: "play -g" },
  login: { works: "login --guest --as other", wrong: "login --none" },
  logout: { works: "logout --as nobody", wrong: "logout --none", away: 0 },
  list: { works: "list", refused: `list ${"x".repeat(200)}`, wrong: "list --limit x" },
  create: { works: "create Room -p a", refused: "create -g NoSuchGame", wrong: "create" },
  join: { works: "join + --as guest", refused: "join inv_none", wrong: "join" },
  match: { works: "match GuessBot --now", refused: "match NoSuchGame --now", wrong: "match" },
  info: { works: "info #", refused: "info @", wrong: "info a b" },
  code: { works: "code -c #", refused: "code bot_None_7 -c #", wrong: "code a b", exact: true },
  post: { works: "post hello -c #", refused: "post hello -c @", wrong: "post" },
  move: { works: "move take 1 -c #", refused: "move take 1 -g nim -c @", wrong: "move" },
  watch: { works: "watch # --once", refused: "watch @ --once", wrong: "watch --after x" },
  export: { works: "export # -o -", refused: "export @", wrong: "export a b", exact: true },
  verify: { works: "verify # --no-replay", refused: "verify @", wrong: "verify none.json" },
  call: {
    works: "call list_bots",
    refused: "call get_proof -c @",
    wrong: "call none",
    exact: true,
  },
  doctor: { works: "doctor --wait 1", wrong: "doctor --wait 0", away: 1 },
  debug: { works: "debug -c #", refused: "debug bot_None_7 -c #", wrong: "debug --logs x" },
  connect: { works: "connect cursor", wrong: "connect none", away: 0 },
  "bot new": { works: "bot new %", wrong: "bot new stones", away: 0 },
  "bot check": { works: "bot check nim.js", wrong: "bot check none.js", away: 0 },
  "bot run": {
    works: "bot run nim.js",
    typed: "quit\n",
    wrong: "bot run nim.js --seats 0",
    away: 0,
  },
  "bot test": { works: "bot test nim.js --games 1", wrong: "bot test nim.js --games x", away: 0 },
  completion: { works: "completion bash", wrong: "completion tcsh", away: 0, exact: true },
};

/** An escape sequence of a colour. */
// deno-lint-ignore no-control-regex -- that is what it begins with
const COLOUR = /\x1b\[[\d;]*m/;
/** Where a line ends, or another place is written to. */
// deno-lint-ignore no-control-regex -- likewise
const PLACES = /\x1b\[[\d;?]*[A-Za-z]|[\r\n]+/;
const COLUMNS = 40;

Deno.test("each verb in each condition", async (t) => {
  await using server = await testServer();
  await using cli = await CommandLine.at(server.url);
  await Deno.writeTextFile(`${cli.folder}/nim.js`, NIM);
  const made = await cli.json("create", "Nim", "--bot", "nim.js", "--players", "a,b,c", "--join");
  const [, ...invites] = made.invites;
  let names = 0;
  const meant: Record<string, () => string> = {
    "#": () => made.channel_id,
    "@": () => `chn_${"A".repeat(22)}`,
    "+": () => invites.pop()!,
    "%": () => `Stones${++names}`,
  };
  const argsOf = (text: string) => text.split(" ").map((word) => meant[word]?.() ?? word);
  /** Checks verb by verb, two at a time. */
  const each = async (check: (verb: Verb, name: string) => Promise<void>) => {
    const verbs = Object.entries(VERBS);
    const lane = async () => {
      for (let next = verbs.shift(); next; next = verbs.shift()) await check(next[1], next[0]);
    };
    await Promise.all([lane(), lane()]);
  };

  await t.step("the table has each verb of the help", async () => {
    const [help, bot] = await Promise.all([cli.ok("--help"), cli.ok("bot", "--help")]);
    const verbsIn = (text: string, before = "") =>
      [...text.slice(text.indexOf("Commands:")).matchAll(/^ {2}([a-z]+)/gm)]
        .map(([, verb]) => `${before}${verb}`);
    const all = [...verbsIn(help), ...verbsIn(bot, "bot ")]
      .filter((verb) => !/^bot$|help$/.test(verb));
    assert.deepEqual(Object.keys(VERBS).toSorted(), all.toSorted());
  });

  await t.step(
    "in a terminal of 40 columns, without colours",
    () =>
      each(async ({ works, exact, typed }, name) => {
        const terminal = { columns: COLUMNS, env: { NO_COLOR: "1" }, typed: typed ?? "" };
        const { code, stdout } = await cli.run(argsOf(works), terminal);
        assert.equal(code, 0, `${name}: ${stdout}`);
        assert.doesNotMatch(stdout, COLOUR, name);
        if (exact) return;
        for (const line of stdout.split(PLACES)) {
          assert.ok([...line].length <= COLUMNS, `${name}: ${line}`);
        }
      }),
  );

  await t.step(
    "an expired token and a pipe that is closed at once: exit code 0, quietly",
    async () => {
      await using twin = await CommandLine.at(server.url);
      await new Deno.Command("cp", { args: ["-r", `${cli.folder}/.`, twin.folder] }).output();
      const free = [cli, twin];
      await each(async ({ works }, name) => {
        const own = free.pop()!;
        await expire(own);
        const { code, stderr } = await own.shell(`mcpmp ${argsOf(works).join(" ")} | true`);
        free.push(own);
        assert.equal(code, 0, `${name}: ${stderr}`);
        assert.doesNotMatch(stderr, /✘|error|Signed in .+ as a new guest/i, name);
      });
    },
  );

  await t.step(
    "refused: exit code 1, and what the server said",
    () =>
      each(async ({ refused }, name) => {
        if (refused === undefined) return;
        const { code, stdout, stderr } = await cli.run([...argsOf(refused), "--json"]);
        assert.equal(code, 1, `${name}: ${stdout}${stderr}`);
        const { error } = JSON.parse(stdout);
        assert.match(error.code, /^[A-Z_]{5,}$/, name);
        assert.ok(error.message.length > 20, `${name}: ${error.message}`);
      }),
  );

  await t.step(
    "wrong usage: exit code 2, and nothing on standard output",
    () =>
      each(async ({ wrong }, name) => {
        const { code, stdout, stderr } = await cli.run(argsOf(wrong));
        assert.deepEqual([code, stdout], [2, ""], name);
        assert.match(stderr, /^(✘|error:) .+/, name);
        const script = await cli.run([...argsOf(wrong), "--json"]);
        const { error } = JSON.parse(script.stdout);
        assert.deepEqual([script.code, error.code], [2, "USAGE"], name);
        assert.match(error.message, /^(?!error:).{10,}/, name);
      }),
  );

  await t.step(
    "a server that is away: exit code 3 where one is needed",
    () =>
      each(async ({ works, away = 3 }, name) => {
        if (away === 0) return; // it has worked without one
        const { code, stderr } = await cli.movedTo("http://127.0.0.1:9").run(argsOf(works));
        assert.equal(code, away, name);
        if (away === 3) {
          assert.match(stderr, /^✘ Cannot reach a server at .+ deno task start/, name);
        }
      }),
  );
});

/** Makes the access token of its usual profile expire. */
async function expire({ folder, server }: CommandLine): Promise<void> {
  const path = `${folder}/.config/mcpmp/${encodeURIComponent(server!)}/default.json`;
  const { sign_in, ...rest } = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(
    path,
    JSON.stringify({ ...rest, sign_in: { ...sign_in, expires_at: 0 } }),
  );
}
