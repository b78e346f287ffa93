/** Every page that a person can meet, in a real browser: both themes, a phone and a desk, the
 *  keyboard, and the rules of WCAG 2 as axe-core knows them. */
import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "puppeteer-core";
import { selfSigned } from "../support/certificates.ts";
import { CHROMIUM, openChromium } from "../support/chromium.ts";
import { freePort } from "../support/foreign_program.ts";
import { htmlFaults } from "../support/html_validator.ts";
import { OIDC_CLIENT, oidcProvider } from "../support/oidc_provider.ts";
import { ofType, Player, roomOf, type Wire } from "../support/player.ts";
import { startProcess } from "../support/process.ts";
import { focusIn, headerIn, replaceForm, viewOf } from "./in_page.js";

const WIDTHS = [375, 1280];
const THEMES = ["light", "dark"] as const;
const APP = "app.example";
/** The least side of what can be pressed, in CSS pixels. */
const TARGET = 44;

/** The facts of a page as it is now, computed in the page. */
interface View {
  title: string;
  headings: string[];
  /** How many boards do not fit beside what is around them. */
  cropped: number;
  overflow: number;
  small: string[];
  touching: string[];
  background: string;
}

/** A folder for screenshots, if somebody wants to look at them. */
const PICTURES = Deno.env.get("PICTURES");

interface Opened {
  page: Page;
  /** Console errors and broken policies. */
  faults: string[];
  /** The HTML of the latest page as it was sent. */
  sent: () => Promise<string>;
}

async function checkLooks({ page, faults, sent }: Opened, name: string, title: string) {
  assert.deepEqual(await htmlFaults(await sent()), [], name);
  for (const width of WIDTHS) {
    for (const theme of THEMES) {
      await page.setViewport({ width, height: 800 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
      const where = `${name}, ${width} px, ${theme}`;
      const view: View = await page.evaluate(viewOf, TARGET);
      if (PICTURES) {
        const path: `${string}.png` = `${PICTURES}/${
          name.replaceAll(/\W+/g, "_")
        }-${width}-${theme}.png`;
        await page.screenshot({ path, fullPage: true });
      }
      assert.deepEqual(view, {
        title: title === "MCP Multiplayer" ? title : `${title} · MCP Multiplayer`,
        headings: [title],
        cropped: 0,
        overflow: Math.min(view.overflow, 0),
        small: [],
        touching: [],
        background: theme === "light" ? "rgb(250, 249, 246)" : "rgb(22, 21, 18)",
      }, where);
      // Each theme has its own contrasts, and each width its own order.
      if ((theme === "light") !== (width === WIDTHS[0])) continue;
      const { violations } = await page.evaluate(`${axe.source}; axe.run()`) as axe.AxeResults;
      const broken = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`);
      assert.deepEqual(broken, [], where);
    }
  }
  assert.deepEqual(faults.splice(0), [], name);
}

/** Presses Tab until the element with this text has the focus, and sees that it shows. */
async function tabTo(page: Page, text: string) {
  for (let i = 0; i < 30; i++) {
    await page.keyboard.press("Tab");
    const { focused, outline } = await page.evaluate(focusIn);
    if (focused !== text) continue;
    assert.equal(outline, "solid", `the focus on ${text} shows`);
    return;
  }
  assert.fail(`the keyboard does not reach ${text}`);
}

async function openPage(browser: Awaited<ReturnType<typeof openChromium>>): Promise<Opened> {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    // Chromium reports the status of an error page, too.
    const text = message.text();
    if (message.type() === "error" && !/status of [45]\d\d/.test(text)) faults.push(text);
  });
  let document = Promise.resolve("");
  page.on("response", (response) => {
    const isPage = response.request().isNavigationRequest() &&
      response.headers()["content-type"]?.startsWith("text/html");
    const isRedirect = response.headers().location !== undefined;
    if (!isPage || isRedirect) return;
    document = response.text();
    document.catch(() => {}); // Chromium forgets a page that is left at once
  });
  return { page, faults, sent: () => document };
}

/** Presses a button that leads to another page. */
async function press(page: Page, name: string) {
  const led = page.waitForNavigation();
  await page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
  await led;
}

const textOf = (page: Page) => page.$eval("main", (main) => main.innerText);

const HOSTILE = `<img src=x onerror=alert(1)>"'& ${"\u05d0\u05d1".repeat(9)} ${"W".repeat(30)}`;

/** A game that two play, one with an open seat, and names that are no friends of a page. Resolves
 *  with the channel of the first. */
async function publicChannels(url: string): Promise<string> {
  const shown = {
    visibility: "public",
    spectators: true,
    bot_preset: "TicTacToe",
    slots: ["bot:referee", "invite:a", "invite:b"],
  };
  const { created } = await roomOf(url, { ...shown, name: "Noughts and crosses" }, 0);
  for (const [i, display_name] of ["Ann", HOSTILE.slice(0, 60)].entries()) {
    const player = await Player.at(url);
    await player.call("join_channel", { invite_code: created.invites[i], display_name });
  }
  await roomOf(url, { ...shown, name: HOSTILE, open_seats: true }, 1);
  return created.channel_id;
}

/** The site of an app: it shows the address that the browser was sent to. */
async function appSite() {
  const identity = await selfSigned({ names: [APP] });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, ...identity, onListen() {} },
    ({ url }) => new Response(url),
  );
  return {
    redirectUri: `https://${APP}:${server.addr.port}/callback`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Registers an app, and returns the address at which it asks for consent. */
async function register(url: string, redirectUri: string): Promise<string> {
  const registration = {
    client_name: "Chess Companion",
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: "none",
  };
  const answer = await fetch(`${url}/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(registration),
  });
  const { client_id } = await answer.json();
  const query = new URLSearchParams({
    client_id,
    redirect_uri: redirectUri,
    response_type: "code",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
    state: "s",
  });
  return `${url}/oauth/authorize?${query}`;
}

const ignore = CHROMIUM === undefined;

Deno.test({
  name: "pages of a server for guests, in Chromium",
  ignore,
  async fn(t) {
    await using site = await appSite();
    const server = await startProcess({ KV_URL: ":memory:", RATE_LIMITS: "off" });
    const browser = await openChromium({ [APP]: "127.0.0.1" });
    try {
      const opened = await openPage(browser);
      const { page } = opened;
      const { url } = server;
      const { players: [alice] } = await roomOf(
        url,
        { name: "Tea & dice", slots: ["invite:a"] },
        1,
      );
      const channelId = await publicChannels(url);
      const exported = await alice!.call("export_channel", { channel_id: alice!.channel_id });
      const rows: [address: string, status: number, title: string][] = [
        ["/", 200, "MCP Multiplayer"],
        ["/connect", 200, "Connect to MCP Multiplayer"],
        ["/games", 200, "Games"],
        ["/games/TicTacToe", 200, "TicTacToe"],
        ["/games/TicTacToe/source", 200, "Source of TicTacToe"],
        ["/lobby", 200, "Lobby"],
        ["/new", 200, "Open a table"],
        ["/new?game=Trivia", 200, "A new table: Trivia"],
        ["/new?game=none", 200, "A new table to talk at"],
        ["/new/referee", 200, "A referee of your own"],
        ["/leaderboard", 200, "Leaderboard"],
        ["/leaderboard?ladder=Chess", 200, "Ladder of Chess"],
        [`/channels/${channelId}/replay?at=3`, 200, "Replay of Noughts and crosses"],
        ["/games/Nim", 404, "There is no such page"],
        ["/mcp", 200, "This address is for agents"],
        ["/login", 404, "Nobody signs in here"],
        ["/me", 200, "Your profile"],
        ["/no/such/page", 404, "There is no such page"],
        ["/token", 405, "This page does not take that"],
        ["/sync_messages", 401, "Sign in first"],
        ["/oauth/authorize?client_id=nobody", 400, "This link cannot be used"],
        [new URL(exported.url).pathname, 200, "Tea & dice"],
        ["/exports/none", 404, "No export at this link"],
        ["/verify", 200, "Verify a game"],
        ["/join", 200, "Take a seat"],
      ];
      for (const [address, status, title] of rows) {
        await t.step(title, async () => {
          const answer = await page.goto(url + address);
          assert.equal(answer!.status(), status);
          await checkLooks(opened, title, title);
        });
      }
      await t.step("a table and its invites", async () => {
        await page.goto(`${url}/new?game=none`);
        await page.locator("#name").fill(HOSTILE);
        await Promise.all([page.waitForNavigation(), page.click("form .main")]);
        await checkLooks(opened, "opened table", HOSTILE);
      });
      await t.step("an open seat", async () => {
        await page.goto(`${url}/lobby?open=yes`);
        await Promise.all([page.waitForNavigation(), page.click('main a[href$="/join"]')]);
        await checkLooks(opened, "open seat", `A seat in ${HOSTILE}`);
      });
      await t.step("profile of a guest", async () => {
        const { created } = await roomOf(url, { name: HOSTILE, slots: ["invite:a"] }, 0);
        await page.goto(`${url}/join/${created.invites[0]}`);
        await press(page, "Take this seat in this browser");
        await page.goto(`${url}/me`);
        await page.locator("summary").click();
        await checkLooks(opened, "profile of a guest", "Your profile");
        await tabTo(page, "Hide");
      });
      await t.step("a seat from its invite to another's hands", async () => {
        const { host, created: { invites, channel_id }, players: [bob] } = await roomOf(url, {
          name: "Chess by the clock",
          slots: ["bot:referee", "invite:b", "invite:a", "invite:guest"],
          bot_preset: "Chess",
          bot_params: { clock: { game_s: 3_600 } },
        }, 1);
        await page.goto(`${url}/join/${invites[1]}`);
        await checkLooks(opened, "invite", "A seat in Chess by the clock");
        await page.locator("[name=name]").fill("Ada");
        await press(page, "Take this seat in this browser");
        await checkLooks(opened, "seat", "Chess by the clock");
        const { view: { slots } } = await host.call("who", { channel_id });
        const { slot_id } = slots.find((slot: Wire) => slot.display_name === "Ada");
        const ops = [{ type: "set_admin", slot_id }];
        await host.call("update_channel", { channel_id, ops });
        await bob!.readUntil(ofType("bot:turn"));
        const move = { channel_id, game: "chess", action: "move", value: "e4" };
        await bob!.call("make_game_move", move);
        await bob!.readUntil(ofType("bot:turn", { player: "p2" }));
        await page.goto(`${url}/channels/${channel_id}`);
        await page.waitForFunction(`document.querySelector(".turn").innerText === "Your turn."`);
        await checkLooks(opened, "admin", "Chess by the clock");
        const timer = await page.$eval("[role=timer]", ({ textContent }) => textContent);
        assert.match(timer!, /^\d+:\d\d(:\d\d)? left$/);
        const goesOn = `document.querySelector("[role=timer]").textContent !== "${timer}"`;
        await page.waitForFunction(goesOn);
        await page.click(".admin summary");
        await checkLooks(opened, "managing", "Chess by the clock");
        await press(page, "Hand the seat to an agent");
        await checkLooks(opened, "hand over", "Hand your seat to an agent");
        await page.goto(`${url}/channels/${channel_id}/replay`);
        await checkLooks(opened, "chess replay", "Replay of Chess by the clock");
      });
      await t.step("a listing is copied by a button", async () => {
        const may = ["clipboard-read", "clipboard-sanitized-write"] as const;
        await browser.defaultBrowserContext().overridePermissions(url, [...may]);
        await page.goto(`${url}/connect`);
        const [listing] = await page.$$eval("pre", (all) => all.map((pre) => pre.innerText));
        await page.locator("pre + button.copy").click();
        await page.waitForFunction('document.querySelector(".copy").textContent === "Copied"');
        assert.equal(await page.evaluate("navigator.clipboard.readText()"), listing);
      });
      await t.step("consent of a guest, by keyboard", async () => {
        await page.goto(await register(url, site.redirectUri));
        await checkLooks(opened, "guest consent", "Connect to MCP Multiplayer");
        assert.match(await textOf(page), /It may\s+create and join channels, read them/);
        await tabTo(page, "Allow");
        await tabTo(page, "Refuse");
        const led = page.waitForNavigation();
        await page.keyboard.press("Enter");
        await led;
        assert.match(page.url(), /^https:.*error=access_denied/);
      });
      await t.step("a consent that was answered before", async () => {
        await page.goto(await register(url, site.redirectUri));
        const form = await page.$eval("form", (form) => form.outerHTML);
        await press(page, "Refuse");
        // The page's own policy allows no foreign form, so this one is in place of its content.
        await page.goto(await register(url, site.redirectUri));
        await page.evaluate(replaceForm, form);
        await press(page, "Allow");
        await checkLooks(opened, "stale", "This page is no longer valid");
      });
    } finally {
      await browser.close();
      await server.kill("SIGTERM");
    }
  },
});

Deno.test({
  name: "pages of a server with sign-in, in Chromium",
  ignore,
  async fn(t) {
    await using site = await appSite();
    const PORT = String(freePort());
    const url = `http://127.0.0.1:${PORT}`;
    await using provider = await oidcProvider(`${url}/login/oidc/callback`);
    const server = await startProcess({
      PORT,
      KV_URL: ":memory:",
      RATE_LIMITS: "off",
      ADMIN_SUBJECTS: "oidc:alice",
      LOGIN_OIDC_ISSUER: provider.issuer,
      LOGIN_OIDC_ID: OIDC_CLIENT.id,
      LOGIN_OIDC_SECRET: OIDC_CLIENT.secret,
      LOGIN_OIDC_NAME: "Test ID",
    });
    const browser = await openChromium({ [APP]: "127.0.0.1" });
    try {
      const opened = await openPage(browser);
      const { page, faults } = opened;
      await t.step("sign-in", async () => {
        await page.goto(`${url}/login`);
        await checkLooks(opened, "sign in", "Sign in");
      });
      const asking = await register(url, site.redirectUri);
      await t.step("consent of a stranger", async () => {
        await page.goto(asking);
        await checkLooks(opened, "stranger consent", "Connect to MCP Multiplayer");
        await tabTo(page, "Play as a guest");
      });
      await t.step("consent of a person", async () => {
        await press(page, "Sign in with Test ID");
        await page.locator("[name=login]").fill("alice");
        await page.locator("[name=password]").fill("any");
        await press(page, "Sign-in");
        await press(page, "Continue");
        faults.length = 0; // those of the provider's pages
        await checkLooks(opened, "person consent", "Connect to MCP Multiplayer");
        assert.match(await textOf(page), /as Name of alice/);
        await press(page, "Allow");
        assert.match(page.url(), /^https:.*code=/);
      });
      await t.step("profile of a person", async () => {
        for (const name of ["Tea & dice", HOSTILE]) {
          const { created } = await roomOf(url, { name, slots: ["invite:a"] }, 0);
          await page.goto(`${url}/join/${created.invites[0]}`);
          await page.locator("[name=name]").fill(HOSTILE.slice(0, 60));
          await press(page, "Take this seat in this browser");
        }
        await page.goto(`${url}/me`);
        await checkLooks(opened, "profile", "Your profile");
        await page.locator("summary").click();
        await press(page, "Revoke");
        assert.match(await textOf(page), /No app may play in your name/);
        await page.locator("[name=handle]").fill("1");
        await press(page, "Save the name");
        await checkLooks(opened, "profile after a refusal", "Your profile");
        await page.goto(`${url}/me?list=hidden`);
        await checkLooks(opened, "profile without channels", "Your profile");
      });
      await t.step("state of the server", async () => {
        await publicChannels(url);
        await page.goto(`${url}/operator`);
        await checkLooks(opened, "state of the server", "State of the server");
      });
      await t.step("a sign-in that the provider ends", async () => {
        await page.goto(`${url}/me`);
        await press(page, "Sign out");
        await page.goto(`${url}/login/oidc/callback?error=access_denied&state=none`);
        await checkLooks(opened, "stale sign-in", "This page is no longer valid");
      });
      await t.step("a long name in the header", async () => {
        const context = browser.defaultBrowserContext();
        for (const account of ["wide", "chinese"]) {
          await context.deleteCookie(...await context.cookies()); // the provider's, too
          await page.goto(`${url}/login`);
          await press(page, "Sign in with Test ID");
          await page.locator("[name=login]").fill(account);
          await page.locator("[name=password]").fill("any");
          await press(page, "Sign-in");
          await press(page, "Continue");
          faults.length = 0; // those of the provider's pages
          await page.goto(`${url}/lobby`);
          await checkLooks(opened, `a ${account} name`, "Lobby");
          for (const [width, rows] of [[375, 2], [1280, 1]] as const) {
            await page.setViewport({ width, height: 800 });
            const header = await page.evaluate(headerIn);
            assert.deepEqual(header, { rows, out: 0, name: 60 }, `${account}, ${width} px`);
          }
        }
      });
    } finally {
      await browser.close();
      await server.kill("SIGTERM");
    }
  },
});
