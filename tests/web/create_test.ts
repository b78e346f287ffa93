/** People who open a table in a browser: the form of a game, the table with its invites, and what
 *  guards them; without script, and in Chromium. */
import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "puppeteer-core";
import { Browser } from "../support/browser.ts";
import { Chooser } from "../support/chooser.ts";
import { CHROMIUM, openChromium } from "../support/chromium.ts";
import { htmlFaults } from "../support/html_validator.ts";
import { playLegally } from "../support/legal_player.ts";
import { mcpClient } from "../support/mcp_clients.ts";
import { Player, sha256Hex, signIn, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const OPEN = "Open the table";
const SIT = "Take a seat yourself";
const HOSTILE = `<img src=x onerror=alert(1)>"'& tea`;

Deno.test("a person opens a table", async (t) => {
  await using server = await testServer();
  const { url } = server;
  const eve = new Browser();
  const own = () => ({ cookie: `guest=${eve.cookie("guest")}` });
  const invitesOn = (html: string) => [
    ...new Set([...html.matchAll(/\/join\/(inv_[\w-]+)\n/g)].map(([, invite]) => invite!)),
  ];

  await t.step("/new lists the games, and each leads to its form", async () => {
    await eve.open(`${url}/games/Holdem`);
    await eve.follow("Open a table");
    assert.deepEqual(await htmlFaults(eve.page.html), []);
    assert.match(eve.page.html, /<h1>A new table: Holdem<\/h1>/);
    await eve.open(`${url}/new`);
    await eve.follow("TicTacToe");
    assert.equal(eve.page.headers.get("cache-control"), "no-store");
    assert.deepEqual(eve.page.headers.getSetCookie(), [], "a visit sets no cookie");
    const { values } = eve.form(OPEN);
    assert.equal(values["p.size"], "3");
    assert.equal(values.play, "open");
    assert.equal((await eve.open(`${url}/new?game=Nim`)).status, 404);
  });

  await t.step("a refused form keeps what was written, and opens nothing", async () => {
    const rows: [fields: Record<string, string>, status: number, why: RegExp][] = [
      [{ "p.size": "99" }, 422, /Parameter size is 99, but must be .* Correct it below\./],
      [{ "p.clock.move_s": "soon" }, 422, /Parameter clock\.move_s is &quot;soon&quot;/],
      [{ "p.line": "5" }, 422, /The bot refuses its parameters: line is 5/],
      [{ play: "rated", "p.size": "4" }, 400, /A rated game has the default parameters/],
      [{ seats: "3" }, 400, /Players must be a whole number from 2 to 2/],
      [{ name: " " }, 400, /name: /],
    ];
    for (const [fields, status, why] of rows) {
      await eve.open(`${url}/new?game=TicTacToe`);
      const written = { name: HOSTILE, "p.clock.game_s": "300", speak: "yes", ...fields };
      await eve.press(OPEN, written);
      assert.equal(eve.page.status, status, eve.page.html);
      assert.match(eve.page.html, why);
      assert.match(eve.page.html, /No table was opened/);
      assert.deepEqual(await htmlFaults(eve.page.html), []);
      assert.doesNotMatch(eve.page.html, /<img/);
      const { values } = eve.form(OPEN);
      for (const [name, value] of Object.entries(written)) {
        if (name !== "seats") assert.equal(values[name]?.trim(), value.trim(), name);
      }
      assert.equal(eve.cookie("guest"), undefined, "nor makes a guest");
    }
    assert.match(eve.page.html, /id="name"[^>]*aria-invalid="true"/);
  });

  await t.step("a form of another site opens nothing", async () => {
    await eve.open(`${url}/new?game=TicTacToe`);
    const { values } = eve.form(OPEN);
    const { proof: _, ...unproved } = values;
    const attempts: [headers: Record<string, string>, form: Record<string, string>][] = [
      [{ "sec-fetch-site": "cross-site" }, values],
      [{ origin: "https://evil.example" }, values],
      [{}, unproved],
      [{}, { ...values, proof: "A".repeat(43) }],
    ];
    for (const [headers, form] of attempts) {
      const response = await post(`${url}/new`, form, headers);
      assert.equal(response.status, 403, await response.text());
      assert.deepEqual(response.headers.getSetCookie(), []);
    }
  });

  let table = "";
  await t.step("the table has an invite for each seat, and gives nothing away", async () => {
    await eve.open(`${url}/new?game=Holdem`);
    const fields = { name: HOSTILE, seats: "4", spectators: "link", "p.blinds.1": "4" };
    await eve.press(OPEN, fields);
    table = eve.page.url.href;
    const { html, headers } = eve.page;
    assert.match(table, /\/new\/[\w-]{43}$/);
    assert.deepEqual(await htmlFaults(html), []);
    assert.ok(html.includes("&lt;img src=x onerror=alert(1)&gt;"));
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-robots-tag"), "noindex");
    const invites = invitesOn(html);
    assert.equal(invites.length, 4);
    for (const invite of invites) assert.ok(!JSON.stringify(server.logged).includes(invite));
    assert.deepEqual(invitesOn((await eve.open(table)).html), invites, "a reload loses none");
    const stranger = await new Browser().open(table);
    assert.equal(stranger.status, 404);
    assert.doesNotMatch(stranger.html, /inv_/);

    const [, watch] = /(http[^<]*\?spectate=[\w-]+)\n/.exec(html)!;
    const seen = await new Browser().open(watch!);
    assert.equal(seen.status, 200);
    const host = await Player.at(url);
    await host.join(invites[3]!);
    const { bots: [bot], view } = await host.call("who", { channel_id: host.channel_id });
    assert.deepEqual(bot.params.blinds, [1, 4]);
    assert.equal(bot.params.players, 4);
    assert.equal(view.slots.length, 5);
  });

  await t.step("whoever opened it takes a seat, and sees which ones are free", async () => {
    await eve.open(table);
    const [first] = invitesOn(eve.page.html);
    await eve.press(SIT, { name: "Eve" });
    assert.match(eve.page.url.pathname, /^\/channels\/chn_/);
    const { html } = await eve.open(table);
    assert.match(html, /Taken by <bdi>Eve<\/bdi>, this is you/);
    assert.equal(invitesOn(html).length, 2);
    assert.ok(!html.includes(first!));
    assert.throws(() => eve.form(SIT), "it has a seat");
  });

  await t.step("a form that is sent twice opens one table, another one a second", async () => {
    await eve.open(`${url}/new?game=none`);
    const { values } = eve.form(OPEN);
    const leads = async (form: Record<string, string>) => {
      const response = await post(`${url}/new`, form, own());
      await response.body?.cancel();
      assert.equal(response.status, 303);
      return response.headers.get("location")!;
    };
    const first = await leads(values);
    assert.equal(await leads(values), first);
    assert.notEqual(await leads({ ...values, name: "Another" }), first);
    const { html } = await eve.open(url + first);
    assert.equal(invitesOn(html).length, 2);
    assert.match(html, /A table to talk at/);
  });

  await t.step("a public table with open seats is in the lobby", async () => {
    await eve.open(`${url}/new?game=GuessBot`);
    const seen = { visibility: "public", spectators: "public", open_seats: "yes" };
    await eve.press(OPEN, { ...seen, name: "All welcome", play: "rated", seats: "3" });
    const { html } = await eve.open(`${url}/lobby?open=yes`);
    assert.match(html.split("<main")[1]!, /All welcome[^]*GuessBot<\/bdi>, 3 open seats/);
    const { channels: [found] } = await (await Player.at(url)).call("list_channels", {});
    assert.equal(found.sealed, true);
  });

  await t.step("a referee of one's own is tried in both languages", async () => {
    for (const query of ["", "?language=python"]) {
      await eve.open(`${url}/new/referee${query}`);
      const { values } = eve.form("Try it");
      await eve.press("Try it");
      const { html, status } = eve.page;
      assert.equal(status, 200);
      assert.deepEqual(await htmlFaults(html), []);
      assert.match(html, /It ran\.<\/b> 5 hooks ran and made 5 posts\. The game is over\./);
      assert.match(html, /player 2 draws \d+\./);
      assert.ok(html.includes(`<code>sha256:${await sha256Hex(values.code!)}</code>`));
      assert.equal(eve.form("Try it").values.code, values.code);
    }
  });

  await t.step("a broken source says where and why, and keeps what was written", async () => {
    const typescript = (body: string) => `export default class Odd {\n${body}\n}\n`;
    const python = (body: string) => `class Odd:\n${body}\n`;
    const posting = `  on_init() {\n    this.ctx.post("bot", { text: "${
      HOSTILE.replace('"', "'")
    }" });\n`;
    const rows: [code: string, status: number, why: RegExp, line?: number][] = [
      [
        typescript("  on_init() {\n    const = 1;\n  }"),
        422,
        /line 3: Syntax error: .*Correct the source below/,
        3,
      ],
      [python("    def on_init(self)\n        pass"), 422, /line 2: /, 2],
      [typescript("  on_init() {\n    nothing.here();\n  }"), 200, /nothing is not defined/, 3],
      [python("    def on_join(self, player):\n        return 1 // 0"), 200, /ZeroDivision/, 3],
      [typescript("  on_init() { console.log('<b>x', 7); throw 1; }"), 200, /&lt;b&gt;x 7\n/],
      [python("    def on_init(self):\n        print('so', 7)"), 200, /It ran.*<code>so 7\n/s],
      [typescript("  on_join() { for (;;); }"), 200, /<code>on_join<\/code> failed/],
      [typescript("  on_message() { throw new Error('</pre><b>x'); }"), 200, /<\/code> failed/],
      [typescript(`${posting}    this.ctx.set_state("</pre><b>x");\n  }`), 200, /It ran/],
      ["const x = 1;", 422, /class/],
      [" ", 400, /There is no source/],
    ];
    for (const [code, status, why, line] of rows) {
      await eve.open(`${url}/new/referee`);
      await eve.press("Try it", { code, words: "p1 hello", name: HOSTILE });
      assert.equal(eve.page.status, status, code);
      const main = eve.page.html.split("<main")[1]!;
      assert.match(main, why, code);
      assert.deepEqual(await htmlFaults(eve.page.html), []);
      assert.doesNotMatch(main, /<img|<b>x/);
      const { values } = eve.form("Open the table");
      assert.equal(values.code, code);
      assert.equal(values.name, HOSTILE);
      if (line !== undefined) {
        assert.match(main, new RegExp(`<mark>  *${line}  .*data-line="${line}"`, "s"));
      }
    }
    const busy = typescript("  on_message() { for (let i = 0; i < 8e6; i++); }");
    await eve.open(`${url}/new/referee`);
    await eve.press("Try it", { code: busy, words: "p1 hello\n".repeat(20) });
    assert.match(eve.page.html, /It ran.<\/b> 1\d hooks ran .* The try ended there/);
    for (const words of ["draw", "p9 draw"]) {
      await eve.open(`${url}/new/referee`);
      await eve.press("Try it", { words });
      assert.equal(eve.page.status, 400);
      assert.match(eve.page.html, /role="alert"><p>Moves to try/);
    }
    const refused = await eve.press("Open the table", { params: '{"players": 9}' });
    assert.equal(refused.status, 422);
    assert.match(refused.html, /Parameter players is 9/);
  });

  await t.step("a try says which network and timers it lacks, where they are used", async () => {
    const asks = 'try { await fetch("https://example.com/"); } catch {}';
    const sets = 'this.ctx.set_timer("late", 60);';
    const rows: [does: string, words: string | undefined][] = [
      [asks, "its requests fail"],
      [sets, "its timers never come due"],
      [asks + sets, "its requests fail and its timers never come due"],
      ["", undefined],
    ];
    for (const [does, words] of rows) {
      const code =
        `export default class Odd {\n  async on_init() { ${does} }\n  on_timer() {}\n}\n`;
      await eve.open(`${url}/new/referee`);
      await eve.press("Try it", { code, words: "" });
      const { html } = eve.page;
      assert.match(html, /It ran/, does);
      const [, said] =
        /A try has no network and sets off no timers, so here ([^.<]*)\./.exec(html) ??
          [];
      assert.equal(said, words, does);
      assert.deepEqual(await htmlFaults(html), []);
    }
  });

  await t.step("a table opens with the very source that was tried", async () => {
    const stranger = new Browser();
    await stranger.open(`${url}/new/referee?from=EchoBot`);
    const { values } = stranger.form("Try it");
    await stranger.press("Try it", { words: "p1 hello" });
    assert.match(stranger.page.html, /EchoBot: [^]*hello/);
    assert.equal(stranger.cookie("guest"), undefined, "a try makes no guest");
    // As browsers send it.
    await stranger.press(OPEN, { code: values.code!.replaceAll("\n", "\r\n") });
    const [, invite] = /\/join\/(inv_[\w-]+)\n/.exec(stranger.page.html)!;
    const player = await Player.at(url);
    await player.join(invite!);
    const { bots: [bot] } = await player.call("who", { channel_id: player.channel_id });
    assert.equal(bot.code_hash, `sha256:${await sha256Hex(values.code!)}`);
  });

  await t.step({
    name: "in Chromium, with a player in another browser and an agent",
    ignore: CHROMIUM === undefined,
    fn: (t) => playedInChromium(t, url),
  });
});

Deno.test("where nobody may play without signing in, /new says so", async () => {
  await using server = await testServer({ sandbox: "off", guests: false });
  const { html } = await new Browser().open(`${server.url}/new?game=none`);
  assert.match(html, /href="\/login">Sign in</);
  assert.doesNotMatch(html, /<form/);
  const response = await post(`${server.url}/new`, { game: "none", proof: "x" });
  assert.equal(response.status, 401, await response.text());
  const page = await new Browser().open(`${server.url}/new`);
  assert.match(page.html, /runs no bots at the moment/);
});

/** A table is opened and joined in Chromium, and an MCP client plays on the other side. */
async function playedInChromium(t: Deno.TestContext, url: string) {
  const browser = await openChromium({});
  try {
    const faults: string[] = [];
    const watched = (page: Page) => {
      page.on("pageerror", (error) => faults.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") faults.push(message.text());
      });
      return page;
    };
    const host = watched(await browser.newPage());
    const guest = watched(await (await browser.createBrowserContext()).newPage());
    const click = async (page: Page, selector: string) => {
      await Promise.all([page.waitForNavigation(), page.click(selector)]);
    };
    let links: string[] = [];

    await t.step("by keyboard and mouse from the home page", async () => {
      await host.goto(url, { waitUntil: "load" });
      await click(host, 'a[href="/new"]');
      await click(host, 'a[href$="game=TicTacToe"]');
      await host.$eval("#name", (name) => (name as Wire).value = "");
      await host.type("#name", HOSTILE);
      await host.$eval("#p-size", (size) => (size as Wire).value = "99");
      await host.click("form .main");
      assert.equal(await host.$eval(":invalid:not(form)", ({ id }) => id), "p-size");
      await host.$eval("#p-size", (size) => (size as Wire).value = "3");
      await isClean(host);
      await click(host, "form .main");
      assert.match(host.url(), /\/new\/[\w-]{43}$/);
      await isClean(host);
      assert.equal(await host.evaluate("document.images.length"), 0);
      const words = await host.$$eval(
        "li > .saying",
        (all) => all.map(({ textContent }) => textContent!),
      );
      links = words.map((text) => /http\S+/.exec(text)![0]);
      assert.equal(links.length, 2);
    });

    await t.step("another browser and an agent play", async () => {
      await guest.goto(links[0]!);
      await click(guest, "form .main");
      const token = await signIn(url);
      await using client = await mcpClient("v2 modern", `${url}/mcp`, token);
      const invite_code = new URL(links[1]!).pathname.split("/").at(-1);
      const { channel_id } = await client.call("join_channel", { invite_code });
      const agent = playLegally(
        { channel_id, call: (name, args) => client.call(name, args) },
        new Chooser(3),
      );
      const told = `document.querySelector(".turn")?.textContent`;
      const live = `document.querySelector("#channel").innerText.includes("Live: ")`;
      const answers = `(document.querySelector("#move [name=answers]")?.value ?? "")`;
      let answered: unknown = "";
      for (let turn = 0; turn < 9; turn++) {
        const isNext = `${told} === "Your turn." && ${answers} !== "${answered}"`;
        await guest.waitForFunction(
          `${live} && (${told} === "The game is over." || ${isNext})`,
        );
        answered = await guest.evaluate(answers);
        if (await guest.evaluate(told) !== "Your turn.") break;
        await click(guest, ".board td button");
      }
      await agent;
      await host.reload();
      assert.equal((await host.$$("li > .saying")).length, 0, "both seats are taken");
    });
    await t.step("a referee is written in the editor, tried and opened", async () => {
      const answer = await host.goto(`${url}/new/referee`);
      const policy = answer!.headers()["content-security-policy"]!;
      assert.match(policy, /style-src 'sha256-[^']+' 'nonce-[\w-]{43}';/);
      assert.doesNotMatch(policy, /unsafe/);
      assert.equal(await host.$(".cm-editor"), null, "nothing is loaded before somebody writes");
      await host.click("#code");
      await host.waitForSelector(".cm-editor");
      await host.keyboard.down("Control");
      await host.keyboard.press("Home");
      await host.keyboard.up("Control");
      await host.keyboard.type("// my own\n");
      await isClean(host);
      await click(host, "button[formaction]");
      assert.match(await host.$eval("main", (main) => main.textContent!), /It ran\./);
      const code = await host.$eval("#code", (area) => (area as Wire).value);
      assert.match(code, /^\/\/ my own\n\/\/ Each player/);
      await isClean(host);
      await click(host, "#referee button:not([formaction])");
      assert.match(host.url(), /\/new\/[\w-]{43}$/);
      assert.match(await host.$eval("main", (main) => main.textContent!), /HighCard/);
    });
    assert.deepEqual(faults, []);
  } finally {
    await browser.close();
  }
}

Deno.test("a try is charged like an attached bot", async () => {
  await using server = await testServer({
    sandbox: "off",
    rateLimits: true,
    testRates: { bots: { quota: 1, windowMs: 60_000 } },
  });
  const browser = new Browser();
  for (const status of [503, 429]) {
    await browser.open(`${server.url}/new/referee`);
    await browser.press("Try it", { words: "p1 hello" });
    assert.equal(browser.page.status, status);
    assert.equal(browser.form("Try it").values.words, "p1 hello");
  }
  assert.ok(Number(browser.page.headers.get("retry-after")) > 0);
});

/** By axe-core's rules, in both themes. */
async function isClean(page: Page) {
  for (const theme of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
    const { violations } = await page.evaluate(`${axe.source}; axe.run()`) as axe.AxeResults;
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html)}`);
    assert.deepEqual(found, [], theme);
  }
}

function post(url: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  const body = new URLSearchParams(form);
  return fetch(url, { method: "POST", body, headers, redirect: "manual" });
}
