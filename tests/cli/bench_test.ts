/** The bench of an author, in one process: games by a script, sites that answer or are answered
 *  for, and looks that leave nothing in the game. */
import assert from "node:assert/strict";
import { answersIn } from "../../src/cli/bot/answers.ts";
import { playGames } from "../../src/cli/bot/play_games.ts";
import { playScript } from "../../src/cli/bot/play_script.ts";
import { Rehearsal } from "../../src/cli/bot/rehearsal.ts";
import { scriptIn } from "../../src/cli/bot/script.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { webServer } from "../support/web_server.ts";
import { NIM } from "./bot_faults.ts";

/** Tells each of two players what a site answers to it. */
const oracle = (origin: string, net: string) =>
  `export default class Oracle {
  static manifest = {
    summary: "Asks a site",
    net: ["${net}"],
    moves: { game: "oracle", actions: { ask: { value: "<path>" } } },
  };
  constructor(ctx) { this.ctx = ctx; }
  on_join(player) { if (player === "p2") this.turn(); }
  turn() {
    const legal_moves = [{ action: "ask", value: "/a" }, { action: "ask", value: "/b" }];
    this.ctx.post("bot", { type: "bot:turn", player: "p1", legal_moves });
  }
  async on_message({ kind, body, sender }) {
    if (kind !== "user" || !/^\\/[a-z]+$/.test(body.value)) return;
    console.log("asked for", body.value);
    const ask = async (path) => {
      try {
        const answer = await fetch("${origin}" + path);
        return [answer.status, answer.headers.get("content-type"), await answer.text()];
      } catch (error) {
        return [error.message];
      }
    };
    const said = await ask(body.value);
    const [again, other] = await Promise.all([ask(body.value), ask("/other")]);
    this.ctx.post("bot", { type: "said", said, again, other }, { to: [sender] });
    const count = (this.ctx.get_state() ?? 0) + 1;
    this.ctx.set_state(count);
    if (count === 2) this.ctx.end({ count });
    else this.turn();
  }
}`;

Deno.test("the bench of an author", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 10_000, lateSpare: true });
  const scripted = (source: string, script: string, answers?: string) =>
    playScript(sandbox, {
      bot: { inline_code: source },
      seats: 2,
      seed: "bench",
      script: scriptIn(script, 2),
      answers: answers === undefined ? undefined : answersIn(answers),
    });

  await t.step("a script that comes true has no fault", async () => {
    const played = await scripted(
      NIM,
      `# Seven, and who takes the last wins.
      expect {"type":"bot:turn","player":"p1","position":{"heap":7}}
      1 take 2

      expect {"player":"p2","legal_moves":[{"value":1},{"value":2}]}
      2 take 7
      1 sees {"type":"violation","player":"p2"}
      expect no {"type":"bot:turn"}
      2 say well
      2 leave
      expect {"type":"bot:end","result":{"abandoned":true}}`,
    );
    assert.deepEqual([played.faults, played.games, played.ended, played.moves], [[], 1, 1, 2]);
  });

  await t.step("what the script did not expect is named with its line", async () => {
    const { faults } = await scripted(
      NIM,
      [
        '1 take 2\nexpect {"player":"p1"}\nexpect no {"player":"p2"}',
        '1 take 1\n2 take 1\n2 sees {"player":"p2"}\ntimer\n1 take 1',
      ].join("\n"),
    );
    assert.deepEqual(faults.map(({ fault, script_line }) => [fault, script_line]), [
      ["unexpected", 2],
      ["unexpected", 3],
      ["step_refused", 4],
      ["unexpected", 6],
      ["step_refused", 7],
    ]);
    const [there, not, refused, , timer] = faults.map(({ text }) => text);
    assert.match(
      there!,
      /no entry has that, but there is entry 9: \{"type":"bot:turn","player":"p2"/,
    );
    assert.match(not!, /^expect no \{"player":"p2"\}: there is entry 9/);
    assert.match(refused!, /^The bot refuses 1 take 1: .*"Take 1 or 2\."\}\. If it should, expect/);
    assert.match(timer!, /^The step timer can't be taken: No timer is set\./);
  });

  await t.step("a script that says nothing is refused with the line", () => {
    const wrong: Record<string, RegExp> = {
      "1 take 2\nhello": /^line 2 says nothing here: hello\. Lines are such as 1 take 2,/,
      "expect {type: 7}": /^line 1 has no JSON object that can be read: \{type: 7\}$/,
      "# three\n3 take 1": /^line 2 has a player 3, but there are 2 seats: --seats opens more$/,
      '0 sees {"a":1}': /^line 1 has a player 0/,
      ["time 1\n".repeat(10_001)]: /^it has more than 10000 lines$/,
    };
    for (const [text, message] of Object.entries(wrong)) {
      assert.throws(() => scriptIn(text, 2), { message });
    }
  });

  const site = "https://api.example.org";
  const ORACLE = oracle(site, "api.example.org");
  const FILE = JSON.stringify({
    [`GET ${site}/a`]: [{ json: { price: 1 } }, { json: { price: 2 } }],
    [`GET ${site}/b`]: { status: 302, headers: { Location: "/c" } },
    [`GET ${site}:443/c`]: { status: 404, text: "none" },
    [`GET ${site}/other`]: { status: 302, headers: { location: "https://evil.example.org/" } },
  });
  const ASKED = `1 ask /a
    1 sees {"said":[200,"application/json","{\\"price\\":1}"],"again":[200,"application/json","{\\"price\\":2}"]}
    2 sees no {"type":"said"}
    1 ask /b
    expect {"said":[404,"text/plain; charset=utf-8","none"]}
    expect {"other":["api.example.org sent a redirect that is not allowed: evil.example.org is not among the hosts that this bot declares."]}`;

  await t.step(
    "sites answer from a file, by the rules of a server, and a replay agrees",
    async () => {
      const { faults, ended, requests } = await scripted(ORACLE, ASKED, FILE);
      assert.deepEqual([faults, ended, requests], [[], 1, 6]);
      const games = { bot: { inline_code: ORACLE }, seats: 2, games: 2, moves: 9, seed: "bench" };
      const played = await playGames(sandbox, { ...games, answers: answersIn(FILE) });
      assert.deepEqual([played.faults, played.ended], [[], 2]);
      const closed = await scripted(oracle(site, "example.com"), "1 ask /a", FILE);
      assert.deepEqual(closed.faults.map(({ fault }) => fault), ["undeclared_host"]);
      const missing = await scripted(ORACLE, "1 ask /c", JSON.stringify({}));
      assert.deepEqual(missing.faults.map(({ fault, text }) => [fault, text.slice(0, 72)]), [
        ["no_answer", `The file of --answers has no answer to GET ${site}/c: ad`],
      ]);
    },
  );

  await t.step("a file of answers that can't be used is refused with the place", () => {
    const wrong: Record<string, RegExp> = {
      "[]": /^it must be a JSON object of requests and their answers$/,
      '{"GET nowhere":{}}': /^GET nowhere is no request: write GET https:/,
      '{"GET https://a.org/":{"status":20}}': /^GET https:\/\/a\.org\//,
      '{"GET https://a.org/":{"headers":{"set-cookie":"a"}}}': /^GET \S+: an answer has status, /,
      '{"GET https://a.org/":{"json":1,"text":"1"}}': /give one of json, text and base64$/,
      '{"TLS a.org:443":{"text":"1"}}': /^TLS a\.org:443: TLS takes verified and chain/,
    };
    for (const [text, message] of Object.entries(wrong)) {
      assert.throws(() => answersIn(text), { message }, text);
    }
  });

  await t.step("a bot reaches the hosts that it declares, and a replay agrees", async () => {
    await using real = webServer();
    const network = { schemes: "http", denied: [], test: { loopback: true, caCerts: [] } } as const;
    const open = await openSandbox({ hosts: 1, hookTimeoutMs: 10_000, lateSpare: true, network });
    try {
      const { faults, requests } = await playScript(open, {
        bot: { inline_code: oracle(real.origin, real.host) },
        seats: 2,
        seed: "bench",
        script: scriptIn('1 ask /echo\nexpect {"type":"said"}\nexpect no {"said":[404]}', 2),
      });
      assert.deepEqual([faults, requests], [[], 3]);
      assert.deepEqual(real.seen.toSorted(), ["GET /echo", "GET /echo", "GET /other"]);
    } finally {
      await open.close();
    }
  });

  await t.step("looks of the author leave nothing in the game", async () => {
    const def = { bot: { inline_code: ORACLE }, seats: 2, seed: "bench", answers: answersIn(FILE) };
    await using rehearsal = await Rehearsal.open(sandbox, def);
    const first = '"said":[200,"application/json","{\\"price\\":1}"]';
    assert.ok((await rehearsal.follow("1 ask /a")).includes(first));
    // A game that begins anew begins with the first answers.
    assert.match(await rehearsal.follow("undo"), /^p1 to move: ask "\/a"/);
    assert.ok((await rehearsal.follow("1 ask /a")).includes(first));
    assert.match(
      await rehearsal.follow("log"),
      /^\d+: asked for \/a\nlast hook: on_message, done, /,
    );
    assert.equal(await rehearsal.follow("state"), "1\n1 bytes");
    assert.equal(await rehearsal.news(), "");
    await assert.rejects(rehearsal.follow("3 ask /a"), /There is no player 3, for the game has 2/);
  });

  await t.step("the log goes on when time passes", async () => {
    const inline_code = `class Bell {
      constructor(ctx) { this.ctx = ctx; }
      on_init() { console.log("begins"); this.ctx.set_timer("bell", 60_000); }
      on_timer(name) { console.log("rings", name); }
    }`;
    const def = { bot: { inline_code }, seats: 2, seed: "bench" };
    await using rehearsal = await Rehearsal.open(sandbox, def);
    await rehearsal.follow("time 60");
    assert.match(
      await rehearsal.follow("log"),
      /^\d+: begins\n\d+: rings bell\nlast hook: on_timer/,
    );
  });
  await sandbox.close();
});
