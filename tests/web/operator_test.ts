/** `/operator`: what the people named in `ADMIN_SUBJECTS` see there, and that for everybody else it
 *  is like an address that does not exist. */
import assert from "node:assert/strict";
import { closedSandbox } from "../../src/sandbox/closed_sandbox.ts";
import { Browser } from "../support/browser.ts";
import { freePort } from "../support/foreign_program.ts";
import { EventsClient, subscription } from "../support/events_client.ts";
import { htmlFaults } from "../support/html_validator.ts";
import { OIDC_CLIENT, oidcProvider, signInAtProvider } from "../support/oidc_provider.ts";
import { Player, roomOf } from "../support/player.ts";
import { dataFile, startProcess } from "../support/process.ts";
import { webhookReceiver } from "../support/webhook_receiver.ts";
import { OAuthApp, SIGN_IN } from "../oauth/oauth_app.ts";

async function signedInAs(url: string, person: string): Promise<Browser> {
  const browser = new Browser();
  await browser.open(`${url}/login`);
  await browser.press(SIGN_IN);
  await signInAtProvider(browser, person);
  assert.equal(browser.page.url.href, `${url}/me`);
  return browser;
}

function textOf({ page: { html } }: Browser): string {
  const [, main = ""] = /<main[^>]*>([\s\S]*)<\/main>/.exec(html) ?? [];
  return main.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
}

/** Opens the page until its text matches: figures are shared for a second. */
async function readUntil(browser: Browser, address: string, pattern: RegExp): Promise<string> {
  for (let tries = 0; tries < 500; tries++) {
    await browser.open(address);
    if (pattern.test(textOf(browser))) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.match(textOf(browser), pattern);
  return textOf(browser);
}

/** Everything that a caller learns from an answer, but for when it was given. */
async function learned(url: string, init: RequestInit): Promise<unknown[]> {
  const { status, headers, ...answer } = await fetch(url, { ...init, redirect: "manual" })
    .then(async (response) => ({
      status: response.status,
      headers: [...response.headers].filter(([name]) => name !== "date"),
      text: await response.text(),
    }));
  return [status, headers, answer.text];
}

const PAGE = { accept: "text/html", "sec-fetch-mode": "navigate" };

/** Asserts that no caller of this kind can tell the page from one that does not exist. */
async function assertHidden(url: string, cookie: Record<string, string>): Promise<void> {
  for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]) {
    for (const headers of [{ ...PAGE, ...cookie }, cookie, { ...cookie, origin: url }]) {
      for (const end of ["", "/", "?x=1"]) {
        const [there, nowhere] = await Promise.all(
          ["operator", "operatoz"].map((name) =>
            learned(`${url}/${name}${end}`, { method, headers })
          ),
        );
        assert.deepEqual(there, nowhere, `${method} ${end}`);
        assert.equal(there![0], 404);
      }
    }
  }
}

Deno.test("a server started with ADMIN_SUBJECTS shows its state to them alone", async (t) => {
  const PORT = String(freePort());
  const url = `http://127.0.0.1:${PORT}`;
  await using file = dataFile();
  await using provider = await oidcProvider(`${url}/login/oidc/callback`);
  const server = await startProcess({
    PORT,
    KV_URL: file.path,
    RATE_LIMITS: "off",
    LOGIN_OIDC_ISSUER: provider.issuer,
    LOGIN_OIDC_ID: OIDC_CLIENT.id,
    LOGIN_OIDC_SECRET: OIDC_CLIENT.secret,
    LOGIN_OIDC_NAME: "Test ID",
    ADMIN_SUBJECTS: "oidc:root, oidc:deputy",
  }, { viaTask: true });
  try {
    const { created, players: [ann] } = await roomOf(url, {
      name: "Open <table>",
      visibility: "public",
      slots: ["bot:referee", "invite:a", "invite:b"],
      bot_preset: "TicTacToe",
    }, 1);
    const secret = await roomOf(url, {
      name: "Secret plan",
      slots: ["invite:label-nobody-sees", "invite:b"],
    }, 1);
    const [eve] = secret.players;
    await eve!.call("post_message", {
      channel_id: eve!.channel_id,
      body: "the words",
      to: [eve!.player_id],
    });
    await ann!.readUntil(({ sender }) => sender.startsWith("bot:")); // so a hook has run

    await t.step("strangers, guests and others who signed in find no page", async () => {
      const guest = new Browser();
      await guest.open(`${url}/join/${created.invites[1]}`);
      await guest.press("Take this seat in this browser");
      const alice = await signedInAs(url, "alice");
      await alice.open(`${url}/me`);
      assert.doesNotMatch(alice.page.html, /operator/);
      await assertHidden(url, {});
      await assertHidden(url, { cookie: `guest=${guest.cookie("guest")}` });
      await assertHidden(url, { cookie: `session=${alice.cookie("session")}` });
    });

    await t.step("those who are named find it by their profile", async () => {
      // As from a proxy, which the settings do not know.
      await fetch(url, { method: "HEAD", headers: { "x-forwarded-for": "198.51.100.7" } });
      const root = await signedInAs(url, "root");
      await root.follow("State of the server");
      const { status, headers, html } = root.page;
      assert.equal(root.page.url.href, `${url}/operator`);
      assert.deepEqual([status, headers.get("cache-control")], [200, "no-store"]);
      assert.deepEqual(await htmlFaults(html), []);
      assert.doesNotMatch(html, /<script|<form/);
      const text = textOf(root);
      const { instance } = JSON.parse(server.log.find((line) => line.includes('"listening"'))!);
      assert.match(text, new RegExp(`This is instance ${instance} , version \\d`));
      assert.match(text, /The database takes writes: ✔ yes The sandbox answers: ✔ yes/);
      assert.match(text, /To mend proxies_not_trusted : Requests come through a proxy, and with/);
      assert.match(text, /Open connections [1-9]/);
      assert.match(text, /typescript [1-9]\d* 0 [\d.]+ ms/, "hooks have run, and none has failed");
      assert.match(text, /Going on 2 Game over 0 Closed 0 With entries before their bots \d/);
      assert.match(text, /File of the database [\d.,]+ (KiB|MiB)/);
      assert.match(text, /For 2 guests [\d.,]+ KiB, of 8 GiB/);
      assert.match(text, /Subscriptions 0/);
      assert.doesNotMatch(text, /this instance\b.*this instance/, "it is the only one");
      assert.ok(html.includes(`<a href="/channels/${created.channel_id}">`));
      assert.ok(!html.includes(`/channels/${secret.created.channel_id}`));
      assert.ok(text.includes(secret.created.channel_id), "a private channel is known by its id");
      const hidden = [
        "&lt;table&gt;",
        "Secret plan",
        "label-nobody-sees",
        "the words",
        eve!.rejoin_token,
        ...created.invites,
        ...secret.created.invites,
        OIDC_CLIENT.secret,
        "guest:",
      ];
      for (const each of hidden) assert.ok(!html.includes(each), each);
      const deputy = await signedInAs(url, "deputy");
      assert.equal((await deputy.open(`${url}/operator`)).status, 200);
    });

    await t.step("it counts a channel by its state as of now", async () => {
      const { host, created: { channel_id } } = secret;
      await host.call("update_channel", { channel_id, ops: [{ type: "close" }] });
      const root = await signedInAs(url, "root");
      await readUntil(root, `${url}/operator`, /Going on 1 Game over 0 Closed 1/);
    });

    await t.step("a session that has ended opens it no longer", async () => {
      const root = await signedInAs(url, "root");
      const cookie = `session=${root.cookie("session")}`;
      assert.equal((await learned(`${url}/operator`, { headers: { cookie } }))[0], 200);
      await root.press("Sign out");
      await assertHidden(url, { cookie });
    });
  } finally {
    await server.kill("SIGTERM");
  }
});

Deno.test("where several instances share a database, the page says whose figures it shows", async () => {
  await using receiver = await webhookReceiver();
  const sharing = {
    operators: ["oidc:root"],
    shared: true,
    testNetwork: receiver.network,
    testEvents: { firstRetryMs: 1, longestRetryMs: 1 },
  };
  await using one = await OAuthApp.open({ ...sharing, instance: "ab12cd34" });
  await using other = await OAuthApp.open({
    ...sharing,
    instance: "ef56ab78",
    kv: one.kv,
    sandbox: closedSandbox("The sandbox is broken.", false),
  });
  const { host, players: [member] } = await roomOf(one.url, { slots: ["invite:a"] }, 1);
  const { channel_id } = host;
  const delivery = { url: receiver.url(), secret: receiver.secret() };
  const asked = subscription("message.created", { channel_id, kinds: ["user"] }, delivery);
  await new EventsClient(one.url, host.token).call("events/subscribe", asked);
  const answers = [503, 204];
  receiver.respond = () => new Response(null, { status: answers.shift()! });
  await member!.say("hello");
  const root = await signedInAs(one.url, "root");
  const rows: [app: OAuthApp, instance: string, sandbox: string, posts: number][] = [
    [one, "ab12cd34", "✔ yes", 1],
    [other, "ef56ab78", "✘ no", 0],
  ];
  for (const [{ url }, instance, sandbox, posts] of rows) {
    const took = `Posts that receivers took, by this instance ${posts}`;
    const failed = `Posts that failed, by this instance ${posts}`;
    const text = await readUntil(root, `${url}/operator`, new RegExp(`${took} ${failed}`));
    assert.deepEqual(await htmlFaults(root.page.html), []);
    assert.ok(text.includes(`This is instance ${instance} ,`), text);
    assert.match(text, /Several instances may share the database/);
    assert.match(text, /Health \(this instance\) /);
    assert.ok(text.includes(`The sandbox answers: ${sandbox}`), text);
    assert.match(text, /Hooks of bots \(this instance\) This server runs no bots/);
    assert.match(text, /Open connections not known here/);
    assert.match(text, /Channels Going on 1 /, "what is in the database holds for both");
    assert.match(text, /Subscriptions 1 Of these failing at the moment 0 Of these given up 0/);
  }
});

Deno.test("without ADMIN_SUBJECTS there is no such page for anybody", async () => {
  await using app = await OAuthApp.open();
  const browser = await signedInAs(app.url, "root");
  assert.doesNotMatch(browser.page.html, /operator/);
  await assertHidden(app.url, { cookie: `session=${browser.cookie("session")}` });
  const player = await Player.at(app.url);
  await assertHidden(app.url, { authorization: `Bearer ${player.token}` });
});
