/** `/me`: what a person who signed in, a browser's guest and a visitor find there, and what they
 *  change by forms without script. */
import assert from "node:assert/strict";
import { secretHash } from "../../src/kernel/hash.ts";
import { keys } from "../../src/store/keys.ts";
import { ACCOUNT_LIMITS } from "../../src/domain/limits/accounts.ts";
import { Browser } from "../support/browser.ts";
import { htmlFaults } from "../support/html_validator.ts";
import { signInAtProvider } from "../support/oidc_provider.ts";
import { Player, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { signedIn } from "../support/signed_in.ts";
import { Assistant, OAuthApp, SIGN_IN, statusOf } from "../oauth/oauth_app.ts";

const VISITOR = /You are a visitor\. .* by taking a seat, or by signing in\./;
const TAKE = "Take this seat in this browser";

/** The text of the page's content, without tags. */
function textOf({ page: { html } }: Browser): string {
  const [, main = ""] = /<main[^>]*>([\s\S]*)<\/main>/.exec(html) ?? [];
  return main.replaceAll(/<\/?(?:b|bdi|code|time)\b[^>]*>/g, "").replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&#39;", "'").replaceAll(/\s+/g, " ");
}

async function signInAs(browser: Browser, app: OAuthApp, person: string): Promise<void> {
  await browser.open(`${app.url}/login`);
  await browser.press(SIGN_IN);
  await signInAtProvider(browser, person);
  assert.equal(browser.page.url.href, `${app.url}/me`);
}

async function post(
  url: string,
  form: Record<string, string>,
  headers: Record<string, string>,
): Promise<number> {
  const body = new URLSearchParams(form);
  const response = await fetch(url, { method: "POST", body, headers, redirect: "manual" });
  await response.body?.cancel();
  return response.status;
}

Deno.test("the profile of a person who signed in", async (t) => {
  const ladders = { Mine: [`sha256:${"0".repeat(64)}`], Other: [`sha256:${"1".repeat(64)}`] };
  await using app = await OAuthApp.open({ ladders });
  const browser = new Browser();
  const me = `${app.url}/me`;
  const [aliceToken, bobToken] = await signedIn(app.kv, ["alice", "bob"]);
  const [alice, bob] = [new Player(app.url, aliceToken!), new Player(app.url, bobToken!)];
  const own = await alice.call("create_channel", { name: "<b>Tea</b>", slots: ["invite:a"] });
  const talk = await bob.call("create_channel", { name: "Bob's talk", slots: ["invite:a"] });
  const secret = await bob.call("create_channel", { name: "Bob's own", slots: ["invite:a"] });
  const listed = async (player: Player, hidden = false) =>
    (await player.call("list_channels", { hidden })).channels.map((each: { name: string }) =>
      each.name
    );

  await t.step("a sign-in leads there, and nothing of others is shown", async () => {
    await signInAs(browser, app, "alice");
    const { status, headers, html } = browser.page;
    assert.equal(status, 200);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.deepEqual(await htmlFaults(html), []);
    assert.match(textOf(browser), /You are signed in as Name of alice \(oidc:alice\)/);
    assert.match(html, /<a href="\/me"[^>]*aria-label="Your profile, Name of alice"/);
    assert.match(textOf(browser), /&lt;b&gt;Tea&lt;\/b&gt; .*You made it and hold no seat in it/);
    assert.doesNotMatch(html, /Bob&#39;s|\/operator/);
    await browser.open(`${app.url}/login`);
    assert.equal(browser.page.url.href, me, "who is signed in has no sign-in page");
  });

  await t.step("a channel is hidden and shown again, for its owner alone", async () => {
    const { values } = browser.form("Hide");
    await browser.press("Hide");
    assert.equal(browser.page.url.href, me);
    assert.ok(!textOf(browser).includes("Tea"));
    assert.deepEqual([await listed(alice), await listed(alice, true)], [[], ["<b>Tea</b>"]]);
    await browser.follow("Hidden");
    await browser.press("Unhide");
    assert.equal(browser.page.url.href, `${me}?list=hidden`);
    assert.match(textOf(browser), /You hide no channel/);
    assert.deepEqual(await listed(alice), ["<b>Tea</b>"]);
    for (const channel of [secret.channel_id, "chn_none", ""]) {
      const refused = await browser.send("/me/hide", { ...values, channel });
      assert.equal(refused.status, 404, "a private channel is like one that does not exist");
      assert.match(refused.html, /role="alert"><p>There is no such channel/);
    }
  });

  await t.step("a seat is given up, whichever conversation holds it", async () => {
    const agent = await alice.call("join_channel", {
      invite_code: talk.invites[0],
      display_name: "Alice & co",
    });
    await browser.open(me);
    assert.match(textOf(browser), /You play as Alice &amp; co/);
    assert.doesNotMatch(browser.page.html, /Rejoin token/, "an agent holds the seat");
    const { values } = browser.form("Give up the seat");
    assert.equal(values.player, agent.player_id);
    const foreign = await browser.send("/me/leave", { ...values, player: "p9" });
    assert.equal(foreign.status, 403);
    const twice = await Promise.all([0, 1].map(() => browser.send("/me/leave", values)));
    assert.deepEqual(twice.map(({ status }) => status), [200, 200], "a click too many");
    assert.equal(browser.page.url.href, me);
    assert.ok(!textOf(browser).includes("Alice &amp; co"));
    const { view } = await bob.call("who", { channel_id: talk.channel_id });
    assert.equal(view.slots[0].filled_by, null);
    const late = await browser.send("/me/leave", { ...values, later: "yes" });
    assert.equal(late.status, 404);
  });

  await t.step("a closed channel is among those that have ended", async () => {
    const { channel_id } = own;
    await alice.call("update_channel", { channel_id, ops: [{ type: "close" }] });
    await browser.open(me);
    assert.match(textOf(browser), /Nothing goes on for you right now/);
    await browser.follow("Ended");
    assert.match(textOf(browser), /Tea&lt;\/b&gt; Closed\./);
    assert.deepEqual(await htmlFaults(browser.page.html), []);
  });

  await t.step("a long list has further pages", async () => {
    for (let i = 0; i < 21; i++) {
      await alice.call("create_channel", { name: `Room ${i}.`, slots: ["invite:a"] });
    }
    const rooms = () => [...textOf(browser).matchAll(/Room (\d+)\./g)].map(([, n]) => Number(n));
    await browser.open(me);
    assert.deepEqual(rooms(), Array.from({ length: 20 }, (_, i) => 20 - i));
    await browser.follow("More channels");
    assert.deepEqual(rooms(), [0]);
    const broken = await browser.open(`${me}?cursor=broken`);
    assert.equal(broken.status, 400);
  });

  await t.step("a name on the ladders, and none", async () => {
    await browser.open(me);
    assert.match(textOf(browser), /You appear on ladders as player-[a-z2-9]{10}\./);
    assert.match(textOf(browser), /You have not ended a rated game/);
    const rating = {
      mu: 27.1,
      sigma: 4.92,
      ordinal: 12.345,
      games: 3,
      last: "2026-11-30T12:00:00Z",
    };
    await app.kv.set(keys.rating("people", "Mine", "oidc:alice"), rating);
    await browser.open(me);
    assert.match(textOf(browser), /ladder rating games Mine 12\.35 3 /);
    assert.doesNotMatch(textOf(browser), /Other/);
    await browser.press("Save the name", { handle: "x" });
    assert.equal(browser.page.status, 400);
    assert.match(browser.page.html, /role="alert"><p>handle: must be two letters/);
    assert.equal(browser.form("Save the name").values.handle, "x", "what was written");
    await browser.press("Save the name", { handle: "Alice7" });
    assert.equal(browser.page.url.href, me);
    assert.match(textOf(browser), /You appear on ladders as Alice7/);
    assert.equal((await alice.call("leaderboard")).you.name, "Alice7");
    await browser.press("Hide me on ladders");
    assert.match(textOf(browser), /You are hidden: no ladder names you/);
    const { you } = await alice.call("leaderboard");
    assert.deepEqual([you.hidden, you.name], [true, undefined]);
    await browser.press("Show me on ladders");
    assert.equal((await alice.call("leaderboard")).you.hidden, false);
  });

  await t.step("an app loses its access", async () => {
    const assistant = new Assistant(app, { name: "Companion" });
    await assistant.ask(browser);
    await browser.press("Allow");
    const token = await assistant.take(browser);
    await browser.open(me);
    assert.match(textOf(browser), /Companion app\.example/);
    assert.equal(await statusOf(app, token), 200);
    await browser.press("Revoke");
    assert.equal(browser.page.url.href, me);
    assert.equal(await statusOf(app, token), 401);
  });

  await t.step("forms of other browsers, people and sites do nothing", async () => {
    const other = new Browser();
    await signInAs(other, app, "bob");
    const { proof: bobs = "" } = other.form("Sign out").values;
    const { values: { proof = "" } } = browser.form("Sign out");
    const session = { cookie: `session=${browser.cookie("session")}` };
    const attempts: [form: Record<string, string>, headers: Record<string, string>][] = [
      [{}, session],
      [{ proof: bobs }, session],
      [{ proof }, { ...session, "sec-fetch-site": "cross-site" }],
      [{ proof }, { ...session, origin: "https://evil.example" }],
      [{ proof }, {}],
    ];
    const { channel_id: channel } = own;
    const fields = { channel, hidden: "yes", opt_out: "yes", revoke: "x", player: "p1" };
    for (const path of ["hide", "leave", "apps", "sessions", "leaderboard"]) {
      for (const [form, headers] of attempts) {
        assert.equal(await post(`${me}/${path}`, { ...form, ...fields }, headers), 403, path);
      }
    }
    assert.deepEqual(await listed(alice, true), []);
    assert.equal((await alice.call("leaderboard")).you.hidden, false);
  });

  await t.step("a browser signs another one out, and nobody else's", async () => {
    const [second, bobs] = [new Browser(), new Browser()];
    await signInAs(second, app, "alice");
    await signInAs(bobs, app, "bob");
    const bobsOwn = bobs.cookie("session")!;
    await browser.open(me);
    const { action, values } = browser.form("Sign out there");
    await browser.send(action, { ...values, end: secretHash(bobsOwn) });
    await browser.press("Sign out there");
    assert.equal(browser.page.url.href, me);
    assert.match(textOf(browser), /This browser alone is signed in as you/);
    await second.open(me);
    assert.match(textOf(second), VISITOR);
    await bobs.open(me);
    assert.match(textOf(bobs), /oidc:bob/);
  });

  await t.step(
    "signing out everywhere ends the sessions of that person, in all browsers",
    async () => {
      const [second, bobs] = [new Browser(), new Browser()];
      await signInAs(bobs, app, "bob");
      await signInAs(second, app, "alice");
      await browser.open(me);
      assert.match(
        textOf(browser),
        /2 browsers are signed in as you: .*since .* UTC, until .* UTC/,
      );
      const token = await new Assistant(app).signIn(new Browser(), "alice");
      await browser.open(me);
      await browser.press("Sign out everywhere");
      assert.ok(browser.form(SIGN_IN));
      await second.open(me);
      assert.match(textOf(second), VISITOR, "the other browser is signed out, too");
      await bobs.open(me);
      assert.match(textOf(bobs), /oidc:bob/);
      assert.equal(await statusOf(app, token), 200, "apps stay connected");
    },
  );

  await t.step("signing out ends this session and leaves no trace of it", async () => {
    const [first, second] = [new Browser(), new Browser()];
    await signInAs(first, app, "alice");
    await signInAs(second, app, "alice");
    await second.press("Sign out");
    await first.open(me);
    assert.match(textOf(first), /This browser alone is signed in as you/);
    app.pass(ACCOUNT_LIMITS.sessionMs);
    await first.open(me);
    assert.match(textOf(first), VISITOR, "a session ends by itself");
  });
});

Deno.test("a session of an earlier release has ended, since nothing could end it everywhere", async () => {
  await using app = await OAuthApp.open();
  const browser = new Browser();
  await signInAs(browser, app, "alice");
  const [{ key, value }] = await Array.fromAsync(app.kv.list({ prefix: ["session"] })) as [
    Deno.KvEntry<Record<string, unknown>>,
  ];
  const { begunAt: _, ...earlier } = value;
  await app.kv.set(key, earlier);
  await browser.open(`${app.url}/me`);
  assert.match(textOf(browser), VISITOR);
});

Deno.test("a stranger has to sign in where nobody is a guest", async () => {
  await using app = await OAuthApp.open({ guests: false });
  const browser = new Browser();
  await browser.open(`${app.url}/me`);
  assert.ok(browser.form(SIGN_IN));
  assert.match(browser.page.html, /<a href="\/login"[^>]*>Sign in</);
});

Deno.test("the profile of a browser's guest", async (t) => {
  await using server = await testServer();
  const browser = new Browser();
  const me = `${server.url}/me`;
  const { created: { channel_id, invites }, host } = await roomOf(server.url, {
    name: "Toes",
    slots: ["bot:referee", "invite:a", "invite:b"],
    bot_preset: "TicTacToe",
  }, 0);

  await t.step("a visitor is nobody yet, and a visit changes that in no way", async () => {
    await browser.open(`${server.url}/lobby`);
    await browser.follow("You");
    const { url, status, headers, html } = browser.page;
    assert.deepEqual([url.href, status], [me, 200]);
    assert.deepEqual(headers.getSetCookie(), []);
    assert.deepEqual(await htmlFaults(html), []);
    assert.match(textOf(browser), /You are a visitor/);
    assert.doesNotMatch(html, /<form|Sign in/);
  });

  await t.step("the seats of the guest are listed, with whose turn it is", async () => {
    await browser.open(`${server.url}/join/${invites[0]}`);
    await browser.press(TAKE, { name: "Eve" });
    const rival = await Player.at(server.url);
    await rival.call("join_channel", { invite_code: invites[1], display_name: "Bob" });
    const gives = ({ body }: Wire) => body?.type === "bot:turn";
    const { body: { player } } = (await host.readUntil(gives)).findLast(gives);
    await browser.open(me);
    assert.deepEqual(await htmlFaults(browser.page.html), []);
    assert.match(textOf(browser), /A cookie of this browser is the only key/);
    const isEves = player === browser.form("Give up the seat").values.player;
    assert.match(textOf(browser), isEves ? /Toes Your turn/ : /Toes Bob to move/);
    assert.match(textOf(browser), /You play as Eve\. TicTacToe, private, \d+ messages/);
    assert.doesNotMatch(textOf(browser), /Leaderboard|Apps|Sign out/);
  });

  await t.step("the seat goes to another browser by its rejoin token", async () => {
    const other = new Browser();
    await browser.press("Rejoin token");
    const [, token] = /(rejoin_[\w-]+)&quot;/.exec(browser.page.html)!;
    await other.open(`${server.url}/join`);
    await other.press("Take the seat in this browser", { code: token! });
    assert.equal(other.page.url.pathname, `/channels/${channel_id}`);
    await browser.open(me);
    assert.match(textOf(browser), /Nothing goes on for you right now/);
    await other.open(me);
    assert.match(textOf(other), /You play as Eve/);
  });
});
