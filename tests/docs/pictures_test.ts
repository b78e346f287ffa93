/** The pictures of docs/: made from a real game on a real server, and still what they show.
 *  `deno task pictures` makes them anew. */
import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { CHROMIUM, openChromium } from "../support/chromium.ts";
import { CommandLine } from "../support/command_line.ts";
import { textIn, withText } from "../support/png_text.ts";
import { terminalPicture } from "../support/terminal_picture.ts";
import { testServer } from "../support/server.ts";
import { maskText } from "./in_page.js";

const ROOT = new URL("../../", import.meta.url);
const FOLDER = new URL("docs/pictures/", ROOT);
const UPDATES = Deno.env.get("UPDATE") === "1";
const STALE = "is no longer what is shown: run deno task pictures, and look at the picture";

const COLUMNS = 80;
const VIEW = { width: 760, height: 660 };
/** What is shown above the part of a page. */
const MARGIN = 16;
/** As first_bot.md tests its bot. */
const SHORT = ["--games", "8", "--moves", "20"];
const MOST_PNG_BYTES = 60_000;

const ERASED = "\x1b[J";
// deno-lint-ignore no-control-regex -- that is what hides and shows it
const CURSOR = /\x1b\[\?25[hl]/g;

/** What differs from game to game, and what stands for it. */
const MASKS: [RegExp, string][] = [
  [/\b(chn|inv|host|spectate)_[\w-]{22}/g, "$1_k3YqZ1vN8sWbT0uHcRfLmA"],
  [/\b[0-9a-f]{64}\b/g, "5e6f".repeat(16)],
  [/(?<![\w+/])[\w+/]{43}=/g, "9bRk2hVt0cQyJmWfXsLdAeGu7pNi4oZ1TqKxCwBvE8Y="],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "2026-11-30T12:00:00.000Z"],
  [/http:\/\/127\.0\.0\.1:\d+/g, "http://127.0.0.1:8100"],
];

function masked(text: string): string {
  return MASKS.reduce((masked, [what, by]) => masked.replace(what, by), text);
}

/** All pictures, by name. */
const MADE = ["bot_test.svg", "channel.png", "verify.png", "verify.svg", "watch.svg"] as const;
type Name = typeof MADE[number];

/** Compares a picture of a terminal, or writes it. */
async function terminal(name: Name, cli: CommandLine, args: string[], ends = 0): Promise<void> {
  const { code, stdout } = await cli.run(args, { columns: COLUMNS });
  assert.equal(code, ends, stdout);
  // What was erased again, such as the signs that the work goes on, is not shown any more.
  const last = stdout.split(ERASED).at(-1)!.replace(CURSOR, "");
  const shown = masked(last.replaceAll("\r\n", "\n"));
  const picture = terminalPicture(`mcpmp ${args.join(" ")}`, shown, COLUMNS);
  const path = new URL(name, FOLDER);
  if (UPDATES) await Deno.writeTextFile(path, picture);
  assert.equal(await Deno.readTextFile(path), picture, `docs/pictures/${name} ${STALE}`);
}

/** Compares the text of a picture of a page with what the page shows, or makes the picture of so
 *  much of it. */
async function screenshot(name: Name, page: Page, y: number, height: number): Promise<void> {
  await page.evaluate(maskText, MASKS.map(([{ source }, by]) => [source, by]));
  const text = await page.evaluate("document.querySelector('main').innerText") as string;
  const path = new URL(name, FOLDER);
  if (UPDATES) {
    const png = await page.screenshot({ type: "png", clip: { x: 0, y, ...VIEW, height } });
    await Deno.writeFile(path, withText(png, text));
  }
  const png = await Deno.readFile(path);
  assert.ok(png.length <= MOST_PNG_BYTES, `${name} has ${png.length} bytes`);
  assert.equal(text, textIn(png), `docs/pictures/${name} ${STALE}`);
}

/** The markdown files below a folder. */
async function pagesBelow(folder: URL): Promise<URL[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const below = entries.filter(({ isDirectory }) => isDirectory).map(({ name }) =>
    pagesBelow(new URL(`${name}/`, folder))
  );
  const pages = entries.filter(({ name }) => name.endsWith(".md"));
  return [...pages.map(({ name }) => new URL(name, folder)), ...(await Promise.all(below)).flat()];
}

/** The pages of a game at its last move but one, and after it. */
async function pagesOf(page: string, by: string, move: (name: string, square: number) => unknown) {
  const browser = await openChromium({});
  try {
    const tab = await browser.newPage();
    await tab.setViewport(VIEW);
    await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
    await tab.goto(`${page}?${by}`);
    await tab.waitForSelector("::-p-text(Live: what is said)");
    await move("bob", 2);
    await tab.waitForFunction(`document.querySelector(".turn").innerText === "alice to move."`);
    await screenshot("channel.png", tab, 0, VIEW.height);
    await move("alice", 7);
    await tab.goto(`${page}/verify?${by}`);
    await tab.waitForSelector(".verdict.same");
    const verdict = await (await tab.$(".verdict"))!.boundingBox();
    await screenshot("verify.png", tab, verdict!.y - MARGIN, 420);
  } finally {
    await browser.close();
  }
}

Deno.test("each picture of docs/ is what is shown today", async () => {
  await using server = await testServer();
  await using cli = await CommandLine.at(server.url);
  const { channel_id, invites, spectate_token } = await cli.json(
    ...["create", "--game", "TicTacToe", "--players", "alice,bob", "--spectators", "link"],
  );
  // The referee's first hook may take longer than a join.
  while (!(await cli.ok("watch", "--once")).includes("It starts when")) { /* It has not run. */ }
  for (const [i, name] of ["alice", "bob"].entries()) {
    await cli.json("--as", name, "join", invites[i]);
  }
  const move = (name: string, square: number) => cli.ok("--as", name, "move", "place", `${square}`);
  await move("alice", 5);
  await move("bob", 1);
  await move("alice", 3);
  if (CHROMIUM === undefined) {
    await move("bob", 2);
    await move("alice", 7);
  } else {
    const page = `${server.url}/channels/${channel_id}`;
    await pagesOf(page, `spectate=${spectate_token}`, move);
  }

  await terminal("watch.svg", cli, ["watch", "--after", "17", "--until-over"]);
  await terminal("verify.svg", cli, ["verify"]);
  await cli.json("bot", "new", "Stones");
  const file = `${cli.folder}/stones.ts`;
  const source = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, source.replace(/return \[1, 2\].*/, "return [1, 2, 3];"));
  await terminal("bot_test.svg", cli, ["bot", "test", "stones.ts", ...SHORT], 1);
});

Deno.test("each picture of docs/ is made by this test, and is on a page with words for it", async () => {
  const there = await Array.fromAsync(Deno.readDir(FOLDER));
  const names = there.map(({ name }) => name).sort();
  assert.deepEqual(names, MADE);
  const shown = new Set<string>();
  const wrong: string[] = [];
  for (const url of [...await pagesBelow(new URL("docs/", ROOT)), new URL("README.md", ROOT)]) {
    const text = await Deno.readTextFile(url);
    for (const [whole, alt, link] of text.matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g)) {
      const picture = new URL(link!, url).href.replace(FOLDER.href, "");
      if (alt === "" || !names.includes(picture)) wrong.push(`${url.pathname}: ${whole}`);
      shown.add(picture);
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual([...shown].sort(), names);
});
