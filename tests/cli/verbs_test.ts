/** Each verb as a process against a real server: a game of two profiles, from the channel to its
 *  verified file; and what happens in pipes, in terminals, and without a server. */
import assert from "node:assert/strict";
import { CommandLine } from "../support/command_line.ts";
import { Conversation } from "../support/conversation.ts";
import { signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

/** Escape sequences, which only terminals get. */
// deno-lint-ignore no-control-regex -- that is what they begin with
const STYLES = /\x1b\[[0-9;]*m/g;
const COUNTER = `class Counter {
  constructor(ctx) { this.ctx = ctx; }
  on_message({ kind, body }) {
    if (kind !== "user") return;
    console.log("count", this.ctx.get_state() + 1);
    if (body.text === "fail") throw new Error("asked to");
    this.ctx.set_state(this.ctx.get_state() + 1);
    if (body.text === "end") this.ctx.end(null);
  }
  on_timer(name) { console.log(name, "at", this.ctx.get_state()); }
}`;
const EVIL = "\u001b]0;owned\u0007\u202eevil";

Deno.test("the verbs of the command line", async (t) => {
  await using server = await testServer();
  await using cli = await CommandLine.at(server.url);
  let channel = "";
  let invites: string[] = [];
  /** The lines that a reader of the channel gets, live. */
  const seen: Wire[] = [];
  let more = Promise.withResolvers<void>();
  const hasSeen = async (fits: (message: Wire) => boolean) => {
    while (!seen.some(fits)) await more.promise;
  };

  await t.step("create signs in as a guest, says so on stderr, and prints JSON", async () => {
    const { code, stdout, stderr } = await cli.run(
      ["create", "Evening", "--game", "TicTacToe", "--players", "alice,bob", "--json"],
    );
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^Signed in at http:\/\/127\.0\.0\.1:\d+ as a new guest\.\n$/);
    ({ channel_id: channel, invites } = JSON.parse(stdout));
    assert.equal(invites.length, 2);
    const folder = `${cli.folder}/.config/mcpmp/${encodeURIComponent(server.url)}`;
    assert.equal((await Deno.stat(folder)).mode! & 0o777, 0o700);
    assert.equal((await Deno.stat(`${folder}/default.json`)).mode! & 0o777, 0o600);
  });

  await t.step("join takes a seat for each profile, also from a link", async () => {
    const alice = await cli.ok("--as", "alice", "join", invites[0]!);
    const link = `${server.url}/join/${invites[1]}`;
    const bob = await cli.json("--as", "bob", "join", link, "--name", "Bob");
    assert.match(alice, /^You are alice \(p1\) in Evening\.\nchn_\S+\nGo on with /);
    assert.equal(bob.channel_id, channel);
  });

  const watching = cli.spawn(["watch", channel, "--json"]);
  const reading = (async () => {
    let rest = "";
    for await (const text of watching.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      seen.push(...lines.map((line) => JSON.parse(line)));
      more.resolve();
      more = Promise.withResolvers();
      if (seen.some(({ body }) => body?.text === "good luck")) watching.kill("SIGINT");
    }
  })();

  await t.step("move finds the game, waits for the turn and shows the board", async () => {
    const judged = (square: number) =>
      hasSeen(({ body }) => body.type === "judge" && body.square === square);
    const moving = cli.ok("--as", "alice", "move", "place", "5", "--wait");
    await judged(5);
    const { msg_id } = await cli.json("--as", "bob", "move", "place", "1");
    await hasSeen(({ id, body }) => id === msg_id && body.value === 1);
    const moved = await moving;
    assert.match(moved, /^Posted as entry \d+\.\n/);
    assert.ok(moved.includes("  O 2 3\n  4 X 6\n  7 8 9\n  alice is X, Bob is O\n"), moved);
    assert.match(moved, /^Your turn\.\nLegal moves: place 2, /m);
  });

  await t.step(
    "move shows the verdict and the board at once, and of a move that is none",
    async () => {
      const moved = await cli.ok("--as", "alice", "move", "place", "9");
      assert.match(moved, /^Posted as entry \d+\.\n\d+ TicTacToe: judge: .*square 9\n/);
      assert.ok(moved.includes("\n  O 2 3\n  4 X 6\n  7 8 X\n  alice is X, Bob is O\n"), moved);
      assert.match(moved, /^\d+ TicTacToe: Bob to move\.$/m);
      const early = await cli.ok("--as", "alice", "move", "place", "2");
      assert.match(early, /violation: player p1, reason BAD_TURN, details Not your turn/);
    },
  );

  await t.step("post is seen by watch, which ends on Ctrl+C with what it has printed", async () => {
    assert.match(
      await cli.ok("--as", "alice", "post", "good", "luck"),
      /^Posted as entry \d+\.\n$/,
    );
    const [{ code }] = await Promise.all([watching.status, reading, watching.stderr.cancel()]);
    assert.equal(code, 0);
    assert.deepEqual(seen.map(({ id }) => id), seen.map((_, i) => i + 1));
    assert.ok(seen.some(({ body }) => body.type === "move" && body.value === 5));
  });

  await t.step("info, list and code show the channel, and code its exact source", async () => {
    const [info, list, games, code] = await Promise.all([
      cli.ok("info", channel),
      cli.ok("list", "Even"),
      cli.ok("list", "--games"),
      cli.run(["code", "--channel", channel]),
    ]);
    assert.match(info, /^Evening chn_\S+\nprivate\n {2}alice: alice \(p1, seen now\)\n/);
    assert.ok(list.startsWith(`${channel} Evening\n  TicTacToe, `), list);
    assert.match(games, /^TicTacToe, 2 players, about \d+ min$/m);
    assert.equal(code.stdout, await Deno.readTextFile("bots/tic_tac_toe/tic_tac_toe.ts"));
    assert.match(code.stderr, /SHA-256 that the server names: sha256:[0-9a-f]{64}\n$/);
  });

  await t.step(
    "export saves a file once, and verify checks it, or a channel by its id",
    async () => {
      const saved = await cli.json("export", channel, "--output", "game.json");
      assert.equal(saved.file, "game.json");
      assert.equal((await Deno.stat(`${cli.folder}/game.json`)).size, saved.bytes);
      const [again, verified, named, last, forged] = await Promise.all([
        cli.run(["export", channel, "--output", "game.json"]),
        cli.ok("verify", "game.json"),
        cli.json("verify", channel, "--no-replay"),
        cli.json("--as", "alice", "verify", "--no-replay"),
        (async () => {
          const text = await Deno.readTextFile(`${cli.folder}/game.json`);
          await Deno.writeTextFile(
            `${cli.folder}/forged.json`,
            text.replace("good luck", "bad luck!"),
          );
          return await cli.run(["verify", "forged.json", "--no-replay"]);
        })(),
      ]);
      assert.equal(again.code, 2);
      assert.match(again.stderr, /game\.json is there already: pass --force/);
      assert.match(verified, /^VERIFIED: chn_/m);
      assert.deepEqual([named.channel_id, last.channel_id], [channel, channel]);
      assert.equal(forged.code, 4, forged.stderr);
      assert.match(forged.stdout, /^✘ hashes /m);
    },
  );

  await t.step("match waits with a ticket until somebody else asks for the same game", async () => {
    const ticket = await cli.json("--as", "alice", "match", "TicTacToe", "--now");
    assert.equal(ticket.status, "waiting");
    const [first, second] = await Promise.all([
      cli.json("--as", "alice", "match", "--ticket", ticket.ticket),
      cli.ok("--as", "bob", "match", "TicTacToe"),
    ]);
    assert.equal(first.status, "matched");
    assert.match(second, /^You are .* in /);
    assert.ok(second.includes(first.channel_id));
  });

  await t.step("create runs a bot of one's own, and says why it is refused", async () => {
    await Deno.writeTextFile(`${cli.folder}/broken.ts`, "class Broken { on_message( }");
    const own = new URL("../../bots/echo/echo_bot.ts", import.meta.url).pathname;
    const [made, refused] = await Promise.all([
      cli.json("create", "--bot", own, "--players", "me", "--join", "--net", "example.org"),
      cli.run(["create", "Broken", "--bot", "broken.ts"]),
    ]);
    assert.equal(made.bots[0].name, "EchoBot");
    assert.deepEqual([made.view.name, made.bots[0].net], ["echo_bot", ["example.org"]]);
    assert.equal(made.joined.player_id, "p1");
    assert.match(await cli.ok("post", '{"text":"hello"}', "-c", made.channel_id), /^Posted as /);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^✘ BOT_REJECTED: line 1: Syntax error: /m);
    const script = await cli.run(["create", "Broken", "--bot", "broken.ts", "--json"]);
    const { invites, error } = JSON.parse(script.stdout);
    assert.deepEqual([script.code, invites.length, error.code], [1, 2, "BOT_REJECTED"]);
  });

  await t.step(
    "create names the page of a channel to those who may see it, and nowhere else",
    async () => {
      const [open, closed] = await Promise.all([
        cli.ok("create", "Seen", "--players", "me,you", "--spectators", "link"),
        cli.ok("create", "Unseen", "--players", "me,you", "--join"),
      ]);
      const [link] = /^To watch: (\S+\?spectate=\S+)$/m.exec(open)?.slice(1) ?? [];
      const [seat] = /^Invite for you: inv_\S+\n {2}(\S+)$/m.exec(closed)?.slice(1) ?? [];
      assert.doesNotMatch(closed, /To watch|Invite for me/);
      for (const address of [link!, seat!]) {
        const page = await fetch(address, { headers: { accept: "text/html" } });
        assert.match((await page.text()).split("<h1>")[1]!, /^.{0,40}(Uns|S)een/);
      }
    },
  );

  await t.step("info --token prints what takes the seat to another profile", async () => {
    const token = await cli.ok("--as", "alice", "info", channel, "--token");
    assert.match(token, /^rejoin_\S+\n$/);
    const moved = await cli.json("--as", "phone", "join", token.trim());
    assert.equal(moved.player_id, "p1");
    await cli.json("--as", "alice", "join", token.trim());
    const none = await cli.run(["info", channel, "--token"]);
    assert.deepEqual([none.code, /has taken no seat in chn_/.test(none.stderr)], [2, true]);
  });

  await t.step("call calls any tool, in the channel and for the seat of last time", async () => {
    const rename = JSON.stringify({ ops: [{ type: "rename_me", name: "Alice" }] });
    const { view } = await cli.json(
      "--as",
      "alice",
      "call",
      "update_channel",
      rename,
      "-c",
      channel,
    );
    assert.ok(view.slots.some(({ display_name }: Wire) => display_name === "Alice"));
    const [games, none, text] = await Promise.all([
      cli.json("call", "list_bots", '{"name":"Chess"}'),
      cli.run(["call", "list_bot"]),
      cli.run(["call", "list_bots", "Chess"]),
    ]);
    assert.equal(games.bots[0].name, "Chess");
    assert.deepEqual([none.code, text.code], [2, 2]);
    assert.match(none.stderr, /There is no tool list_bot\. The tools are create_channel, /);
    assert.match(text.stderr, /The input must be a JSON object, such as/);
  });

  await t.step("debug looks into a bot of one's own, live, and changes it", async () => {
    await Deno.writeTextFile(`${cli.folder}/counter.js`, COUNTER);
    const { channel_id: own } = await cli.json(
      ...["create", "Counted", "--bot", "counter.js", "--players", "me", "--join"],
    );
    const post = (text: string) => cli.ok("post", text, "-c", own);
    await using following = new Conversation(cli, ["debug", "--follow", "--logs", "9"]);
    await following.says(/^bot_Counter_0 runs\.\nState, in bytes: 4\n/);
    await post("one");
    await following.says(/\d+ on_message \S+ ms, \d+ fuel\n {2}count 1\n/);
    const [changed, stranger, usage] = await Promise.all([
      cli.run([
        "debug",
        "--set-state",
        "41",
        "--emit",
        "on_timer",
        "--args",
        '["bell"]',
        "-c",
        own,
      ]),
      cli.run(["--as", "alice", "debug", "bot_Counter_0", "-c", channel]),
      cli.run(["debug", "--args", "[]", "-c", own]),
    ]);
    assert.equal(changed.code, 0, changed.stderr);
    assert.match(changed.stderr, /^Done, and all members see it\./);
    assert.deepEqual([stranger.code, stranger.stderr.slice(0, 13)], [1, "✘ NOT_ADMIN: "]);
    assert.equal(usage.code, 2);
    await following.says(/on_timer .*\n {2}bell at 41\n/);
    await post("fail");
    await following.says(/on_message threw at line 6: asked to .*\n {2}count 42\n/);
    await post("end");
    await following.says(/The bot or its channel has ended/);
    assert.equal(await following.code, 0);
    const { ended, log } = await cli.json("debug", "--logs", "1", "-c", own);
    assert.deepEqual([ended, log.map(({ line }: Wire) => line)], [true, ["count 42"]]);
  });

  await t.step("play tells a whole game, and ends with its verified proof", async () => {
    const [told, document] = await Promise.all([
      cli.ok("play"),
      cli.json("play", "--game", "TicTacToe"),
    ]);
    assert.match(told, /^1\. Two players sign in at http.+\n2\. Alice opens a channel/);
    assert.match(told, /^\d+ (alice|bob): guess 50$/m);
    assert.match(told, /^✔ commitments reveals that match their commitments: /m);
    assert.match(told, /^VERIFIED: chn_\S+, \d+ entries, \d+ hooks replayed\.\nNow you: /m);
    assert.equal(document.report.ok, true);
    assert.ok(document.moves >= 5);
  });

  await t.step("connect prints a client's settings, and writes them beside others", async () => {
    const path = `${cli.folder}/.cursor/mcp.json`;
    await Deno.mkdir(`${cli.folder}/.cursor`);
    await Deno.writeTextFile(path, '{"other":1,"mcpServers":{"mine":{"url":"https://mine"}}}');
    const [printed, code, chat] = await Promise.all([
      cli.json("connect", "cursor"),
      cli.ok("connect", "claude-code"),
      cli.run(["connect", "chatgpt", "--write"]),
    ]);
    const multiplayer = { url: `${server.url}/mcp` };
    assert.deepEqual(printed.settings, { mcpServers: { multiplayer } });
    assert.ok(code.startsWith(`claude mcp add --transport http multiplayer ${server.url}/mcp\n`));
    assert.equal(chat.code, 2);
    assert.match(await cli.ok("connect", "cursor", "--write"), /^Added multiplayer to /);
    const written = JSON.parse(await Deno.readTextFile(path));
    const mine = { url: "https://mine" };
    assert.deepEqual(written, { other: 1, mcpServers: { mine, multiplayer } });
    const elsewhere = cli.movedTo("http://127.0.0.1:9");
    const refused = await elsewhere.run(["connect", "cursor", "--write"]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /has another multiplayer: pass --force/);
  });

  await t.step("a pipe that is closed early ends a verb quietly", async () => {
    const { code, stdout, stderr } = await cli.shell(
      `mcpmp watch ${channel} --once | head -n 1; mcpmp code -c ${channel} 2>&1 | head -c 3`,
    );
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `Evening ${channel}\n/**`);
    assert.equal(stderr, "");
  });

  await t.step("a terminal gets colours and lines that fit 40 columns", async () => {
    const [shown, plain, help, verified] = await Promise.all([
      cli.run(["watch", channel, "--once"], { columns: 40 }),
      cli.run(["info", channel], { columns: 40, env: { NO_COLOR: "1" } }),
      cli.run(["move", "--help"], { columns: 40 }),
      cli.run(["verify", "game.json", "--no-replay"], { columns: 40 }),
    ]);
    for (const { code, stdout } of [shown, plain, help]) {
      assert.equal(code, 0, stdout);
      for (const line of stdout.split("\r\n")) {
        assert.ok([...line.replace(STYLES, "")].length <= 40, line);
      }
    }
    assert.match(shown.stdout, STYLES);
    assert.match(shown.stdout.replace(STYLES, ""), /\r\n {2}O 2 3\r\n {2}4 X 6\r\n {2}7 8 X\r\n/);
    // What shows that the work goes on is gone when it is done.
    assert.equal(verified.code, 0, verified.stdout);
    assert.ok(verified.stdout.includes("\r\n\x1b[32mVERIFIED\x1b[39m: chn_"), verified.stdout);
    assert.doesNotMatch(plain.stdout, STYLES);
    assert.ok(!plain.stdout.includes("\x1b"));
  });

  await t.step("nothing that others write reaches a terminal as a control", async () => {
    const token = await signIn(server.url);
    const call = async (name: string, input: Wire) =>
      await (await fetch(`${server.url}/${name}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(input),
      })).json();
    const { channel_id, invites: [own] } = await call("create_channel", {
      name: "Strangers",
      slots: ["invite:me", "invite:you"],
      visibility: "unlisted",
    });
    await call("join_channel", { invite_code: own });
    await call("post_message", { channel_id, body: { text: EVIL, [EVIL]: EVIL } });
    const [inTerminal, piped, json] = await Promise.all([
      cli.run(["watch", channel_id, "--once"], { columns: 80 }),
      cli.ok("watch", channel_id, "--once"),
      cli.ok("watch", channel_id, "--once", "--json"),
    ]);
    assert.ok(inTerminal.stdout.includes("evil"), inTerminal.stdout);
    for (const text of [inTerminal.stdout.replace(STYLES, ""), piped, json]) {
      assert.doesNotMatch(text.replace(/\r?\n/g, ""), /\p{C}/u);
    }
    assert.equal(JSON.parse(json.trimEnd().split("\n").at(-1)!).body.text, EVIL);
  });

  await t.step("docs/cli.md names every verb of the help", async () => {
    const [help, page] = await Promise.all([cli.ok("--help"), Deno.readTextFile("docs/cli.md")]);
    const list = help.slice(help.indexOf("Commands:"));
    const verbs = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, verb]) => verb!);
    assert.ok(verbs.length >= 16, help);
    const isNamed = (verb: string) => page.includes(`\`${verb}\``);
    assert.deepEqual(verbs.filter((verb) => verb !== "help" && !isNamed(verb)), []);
  });

  await t.step(
    "a refusal ends with 1, wrong usage with 2, and a server that is away with 3",
    async () => {
      const away = cli.movedTo("http://127.0.0.1:9");
      const other = cli.movedTo(undefined);
      await Deno.writeTextFile(`${cli.folder}/.env.scripts`, `MCP_BASE_URL="${server.url}/mcp"\n`);
      const [refused, document, usage, address, gone, fromFile, nothing] = await Promise.all([
        cli.run(["join", "inv_none"]),
        cli.run(["join", "inv_none", "--json"]),
        cli.run(["post"]),
        cli.run(["list", "--server", "nowhere"]),
        away.run(["list"]),
        other.run(["list"]),
        cli.run(["--as", "nobody", "verify"]),
      ]);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /^✘ INVITE_INVALID: /);
      assert.equal(refused.stdout, "");
      assert.equal(document.code, 1);
      assert.equal(JSON.parse(document.stdout).error.code, "INVITE_INVALID");
      assert.equal(usage.code, 2);
      assert.match(usage.stderr, /^error: missing required argument 'text'\n/);
      assert.equal(address.code, 2);
      assert.match(address.stderr, /see --server/);
      assert.equal(gone.code, 3);
      assert.match(
        gone.stderr,
        /^✘ Cannot reach a server at http:\/\/127\.0\.0\.1:9: .+--server\.\n$/,
      );
      assert.equal(fromFile.code, 0, fromFile.stderr);
      assert.equal(nothing.code, 2);
      assert.match(nothing.stderr, /^✘ Which channel\? Name one \(chn_…\), or create or join one/);
    },
  );
});
