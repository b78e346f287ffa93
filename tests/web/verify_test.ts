/** Verification in a person's own browser: a real Chromium runs the referees of real games again,
 *  on the server's page and from a file on disk without a network. */
import assert from "node:assert/strict";
import axe from "axe-core";
import type { Browser, Page } from "puppeteer-core";
import { TreeSigner } from "../../src/channels/proof/tree_signer.ts";
import { hexToBytes } from "../../src/kernel/hash.ts";
import { ChannelExport } from "../../src/domain/proof/channel_export.ts";
import { CHROMIUM, openChromium } from "../support/chromium.ts";
import { Player, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf } from "../support/verifier.ts";
import { playWholeGame } from "../support/whole_game.ts";
import { Forger } from "../verify/forger.ts";
import { SERVER_KEY } from "../verify/genuine.ts";
import { askGuest } from "./in_page.js";

/** Somebody's who is not the server. */
const OTHER_KEY = "0b".repeat(32);
const PYTHON = `class Echo:
    def __init__(self, ctx, params):
        self.ctx = ctx
    def on_message(self, msg):
        if msg["kind"] == "user":
            self.ctx.post("bot", {"type": "echo", "of": msg["body"]})
`;
/** What a person might be tricked by if a page showed it as it is. */
const HOSTILE =
  `<img src=x onerror="document.title='x'"><script>document.title='x'</script>\u202Etxt`;

/** The export of a finished game, as its host sees it. */
async function playedGame(url: string): Promise<{ text: string; engine: string }> {
  const [host, guest] = [await Player.at(url), await Player.at(url)];
  await playWholeGame({
    async call(name, input) {
      const answer = await host.call(name, input);
      if (name === "create_channel") host.channel_id = answer.channel_id;
      return answer;
    },
  }, guest);
  const { channel_id } = host;
  await host.say({ text: HOSTILE });
  const { bots: [bot] } = await host.call("get_channel_info", { channel_id });
  await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  const { engine } = await host.call("get_bot_code", { channel_id, bot_id: bot.bot_id });
  return { text: await exportOf(host), engine };
}

async function pythonChannel(url: string): Promise<{ text: string; link: string }> {
  const { host, players: [alice] } = await roomOf(url, {
    slots: ["bot:echo", "invite:alice"],
    bots: [{ inline_code: PYTHON, language: "python", slot: "bot:echo" }],
  }, 1);
  await alice!.say({ text: "hello" });
  await alice!.readUntil(({ body }) => body.type === "echo");
  const { channel_id } = host;
  await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  const { url: link } = await alice!.call("export_channel", { channel_id });
  return { text: await exportOf(alice!), link };
}

function publicKeyOf(key: string): string {
  return new TreeSigner({ key: hexToBytes(key), publicUrl: "http://any" }).publicKey.toBase64();
}

/** What axe-core finds wrong. */
async function violationsIn(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(`${axe.source}; axe.run()`) as axe.AxeResults;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`);
}

/** A page whose console errors are collected, and a way to give it files. */
async function openPage(browser: Browser, folder: string) {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  const choose = async (text: string) => {
    const path = `${folder}/${crypto.randomUUID()}.json`;
    await Deno.writeTextFile(path, text);
    const input = await page.waitForSelector<"input">("input[type=file]" as "input");
    await page.$$eval(RESULT, (all) => all.forEach((each) => each.id = "old"));
    await input!.uploadFile(path);
    return await resultOf(page);
  };
  return { page, faults, choose };
}

/** A result of a file that was chosen last. */
const RESULT = ".verdict:not(#old)";

/** The first paragraphs of a result, once it is there. */
async function resultOf(page: Page): Promise<{ seal: string; text: string }> {
  const element = await page.waitForSelector(RESULT);
  const seal = await element!.evaluate((verdict) => verdict.className.replace("verdict ", ""));
  return { seal, text: await element!.evaluate((verdict) => (verdict as Wire).innerText) };
}

const ignore = CHROMIUM === undefined;

Deno.test({
  name: "a browser verifies a game, on the server's page and from disk",
  ignore,
  async fn(t) {
    await using server = await testServer({ signingKey: SERVER_KEY });
    const { url } = server;
    const { text, engine } = await playedGame(url);
    const python = await pythonChannel(url);
    const genuine = ChannelExport.parse(JSON.parse(text));
    const folder = await Deno.makeTempDir({ prefix: "mcp-multiplayer-" });
    const browser = await openChromium({});
    try {
      const { page, faults, choose } = await openPage(browser, folder);
      await page.goto(`${url}/verify`);
      const judge = genuine.entries.find(({ body }) => body?.type === "judge")!;
      const hooks = new Set(
        genuine.entries.filter(({ sender }) => sender.startsWith("bot:")).map(({ cause }) => cause),
      );

      await t.step("its engine is the server's", async () => {
        const guest = await page.$eval("#verify", (root) => (root as Wire).dataset.guest);
        const probed = JSON.parse(await page.evaluate(askGuest, guest, '{"kind":"probe"}'));
        assert.equal(probed.engine, engine);
      });
      await t.step("a genuine file is green, and its texts do nothing", async () => {
        const { seal, text: found } = await choose(text);
        assert.equal(seal, "same", found);
        const [, moves, all] =
          /Verified: (\d+) of (\d+) moves of the referee were run again in your browser\./
            .exec(found) ?? [];
        assert.equal(moves, all);
        assert.ok(Number(moves) >= hooks.size, found);
        assert.match(found, /This server signed the log\./);
        const shown = await page.$eval("#verify", (root) => root.textContent!);
        assert.ok(shown.includes("<img src=x onerror="), "the message is shown as text");
        assert.ok(!shown.includes("\u202E"), "it can't turn the text around");
        assert.ok(!shown.includes("other modules"), "the referee's modules are of this release");
        assert.equal(await page.$("#verify img, #verify script"), null);
        assert.equal(await page.title(), "Verify a game · MCP Multiplayer");
        assert.deepEqual(await violationsIn(page), []);
      });
      await t.step("a changed file is red at its entry", async () => {
        const changed = structuredClone(genuine);
        changed.entries[judge.id - 1]!.body!.guess = 99;
        const { seal, text: found } = await choose(JSON.stringify(changed));
        assert.equal(seal, "differs");
        assert.match(found, new RegExp(`Not verified: entry ${judge.id} differs\\.`));
        assert.match(found, /does not match its hash: it was changed/);
        assert.deepEqual(await violationsIn(page), []);
      });
      await t.step("a verdict that the server forged is red at its entry", async () => {
        const forger = new Forger(genuine);
        const said = judge.body!.guess;
        forger.file.entries[judge.id - 1]!.body!.guess = 99;
        forger.mend(SERVER_KEY);
        const { seal, text: found } = await choose(JSON.stringify(forger.file));
        assert.equal(seal, "differs");
        assert.match(found, new RegExp(`Not verified: entry ${judge.id} differs\\.`));
        assert.ok(found.includes(`gives ${said} for guess; the file says 99.`), found);
      });
      await t.step("a file in this server's name that it did not sign is red", async () => {
        const forger = new Forger(genuine);
        forger.mend(OTHER_KEY);
        forger.file.keys[0]!.public_key = publicKeyOf(OTHER_KEY);
        const { seal } = await choose(JSON.stringify(forger.file));
        assert.equal(seal, "differs");
      });
      await t.step("what is no export is no verdict", async () => {
        assert.match((await choose("{}")).text, /Not verified: this file is not an export/);
        const { seal, text: found } = await choose("not JSON");
        assert.equal(seal, "open");
        assert.match(found, /Nothing was verified\.\s+The file is not JSON/);
      });
      await t.step("a Python referee is not re-run here, from the page of its link", async () => {
        await page.goto(python.link);
        await Promise.all([
          page.waitForNavigation(),
          page.locator('::-p-aria([name="Verify in this browser"])').click(),
        ]);
        const { seal, text: found } = await resultOf(page);
        assert.equal(seal, "open");
        assert.match(found, /Not re-run here: (\d+) of \1 moves? of the referee\./);
        assert.match(found, /no engine for Python/);
        assert.doesNotMatch(found, /Verified:/);
        assert.deepEqual(await violationsIn(page), []);
      });
      await t.step("verify.html does the same from disk, without a network", async () => {
        const response = await fetch(`${url}/verify.html`);
        assert.match(response.headers.get("content-disposition")!, /attachment/);
        const bytes = await response.bytes();
        const shown = await page.$$eval("pre", (all) => all.map((pre) => (pre as Wire).innerText));
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
        assert.ok(shown.some((line) => line.includes(digest)), "the page shows its hash");
        await Deno.writeFile(`${folder}/verify.html`, bytes);
        await page.setOfflineMode(true);
        await page.goto(`file://${folder}/verify.html`);
        const green = await choose(text);
        assert.equal(green.seal, "same", green.text);
        assert.match(green.text, /Verified: (\d+) of \1 moves of the referee were run again/);
        const changed = structuredClone(genuine);
        changed.entries[judge.id - 1]!.body!.guess = 99;
        const red = await choose(JSON.stringify(changed));
        assert.match(red.text, new RegExp(`Not verified: entry ${judge.id} differs\\.`));
        assert.equal((await choose(python.text)).seal, "open");
        assert.deepEqual(await violationsIn(page), []);
      });
      assert.deepEqual(faults, []);
    } finally {
      await browser.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});
