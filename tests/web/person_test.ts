/** People who play in a browser: the page of an invite, a seat, moves and words by forms without
 *  script, and what guards the forms. */
import assert from "node:assert/strict";
import axe from "axe-core";
import decodeQR from "qr/decode.js";
import { Browser } from "../support/browser.ts";
import { Chooser } from "../support/chooser.ts";
import { CHROMIUM, openChromium } from "../support/chromium.ts";
import { htmlFaults } from "../support/html_validator.ts";
import { playLegally } from "../support/legal_player.ts";
import { type McpClient, mcpClient } from "../support/mcp_clients.ts";
import { signInAtProvider } from "../support/oidc_provider.ts";
import { ofType, Player, refuses, roomOf, signIn, type Wire } from "../support/player.ts";
import { startProcess } from "../support/process.ts";
import { testServer } from "../support/server.ts";
import { signedIn } from "../support/signed_in.ts";
import { OAuthApp, SIGN_IN } from "../oauth/oauth_app.ts";

const TAKE = "Take this seat in this browser";
const TIC_TAC_TOE = {
  name: "Tea & <b>toes</b>",
  slots: ["bot:referee", "invite:a", "invite:b"],
  bot_preset: "TicTacToe",
};

Deno.test("a person plays in a browser, by forms without script", async (t) => {
  await using server = await testServer();
  const { created: { channel_id, invites }, players: [ada], host } = await roomOf(
    server.url,
    TIC_TAC_TOE,
    1,
  );
  const [, invite] = invites as string[];
  const at = `${server.url}/join/${invite}`;
  const channel = `${server.url}/channels/${channel_id}`;
  const eve = new Browser();
  const guest = () => eve.cookie("guest");
  const own = () => ({ cookie: `guest=${guest()}` });

  await t.step("an invite's page says what it leads to, and gives nothing away", async () => {
    const { status, headers, html } = await eve.open(at);
    assert.equal(status, 200);
    assert.deepEqual(await htmlFaults(html), []);
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("x-robots-tag"), "noindex");
    assert.deepEqual(headers.getSetCookie(), [], "a visit sets no cookie");
    const { bots: [{ code_hash }] } = await host.call("who", { channel_id });
    for (const part of ["TicTacToe", code_hash, "Tea &amp; &lt;b&gt;toes"]) {
      assert.ok(html.includes(part), part);
    }
    assert.ok(!JSON.stringify(server.logged).includes(invite!));
  });

  await t.step("what it gives to paste lets an agent connect and join", async () => {
    const { created } = await roomOf(server.url, TIC_TAC_TOE, 0);
    const { html } = await eve.open(`${server.url}/join/${created.invites[0]}`);
    const paste = html.replaceAll("&quot;", '"');
    const [, url] = /MCP server "multiplayer", (\S+) /.exec(paste)!;
    const [, input] = /Call join_channel with (\{.*?\})/.exec(paste)!;
    await using client = await mcpClient("v2 modern", url!, await signIn(server.url));
    const joined = await client.call("join_channel", JSON.parse(input!));
    assert.equal(joined.channel_id, created.channel_id);
    const { status, html: taken } = await eve.open(`${server.url}/join/${created.invites[0]}`);
    assert.equal(status, 409, taken);
  });

  await t.step("a form of another site takes no seat and makes no guest", async () => {
    await eve.open(at);
    const { values } = eve.form(TAKE);
    const attempts: [headers: Record<string, string>, form: Record<string, string>][] = [
      [{ "sec-fetch-site": "cross-site" }, values],
      [{ "sec-fetch-site": "same-site" }, values],
      [{ origin: "https://evil.example" }, values],
      [{}, {}],
      [{}, { proof: "A".repeat(43) }],
    ];
    for (const [headers, form] of attempts) {
      const response = await post(at, form, headers);
      assert.equal(response.status, 403, await response.text());
      assert.deepEqual(response.headers.getSetCookie(), []);
    }
  });

  await t.step("a refused name makes no guest either", async () => {
    await eve.open(at);
    await eve.press(TAKE, { name: "system" });
    assert.equal(eve.page.status, 400);
    assert.deepEqual(await htmlFaults(eve.page.html), []);
    assert.match(eve.page.html, /role="alert"/);
    assert.equal(eve.form(TAKE).values.name, "system", "what was written is still there");
    assert.equal(eve.page.headers.get("referrer-policy"), "no-referrer");
    assert.equal(guest(), undefined);
  });

  await t.step("the form takes the seat, and the browser is a guest from then on", async () => {
    await eve.open(at);
    const { values } = eve.form(TAKE);
    const [header] = (await post(`${server.url}/join/inv_none`, values)).headers.getSetCookie();
    assert.equal(header, undefined);
    const { once: _, ...onceless } = values;
    assert.equal((await post(at, onceless)).status, 403, "no form of this server");
    const twice = await Promise.all([1, 2].map(() => post(at, { ...values, name: "Eve" })));
    assert.deepEqual(twice.map(({ status }) => status), [303, 303], "a click too many");
    const [first, second] = twice.map(({ headers }) => headers.getSetCookie());
    assert.ok(first!.length === 1 && first![0] === second![0], "is of the same guest");
    await eve.press(TAKE, { name: "Eve" });
    assert.equal(eve.page.url.href, channel);
    assert.match(eve.page.html, /<bdi>Eve<\/bdi>.*: you, here now</);
    assert.match(guest()!, /^[\w-]{43}$/);
    await eve.open(at);
    assert.equal(eve.page.url.href, channel, "it has the seat already");
    await post(at, { ...values, name: "again" }, own());
    const { view } = await ada!.call("who", { channel_id });
    assert.equal(view.slots.filter((slot: Wire) => slot.kind === "invite").length, 2);
  });

  await t.step("the cookie is no bearer token, and none can be made up", async () => {
    for (const headers of [own(), { authorization: `Bearer ${guest()}` }]) {
      const response = await fetch(`${server.url}/post_message`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ channel_id, body: "hello" }),
      });
      assert.equal(response.status, 401, await response.text());
    }
    const turned = guest()![0] === "A" ? `B${guest()!.slice(1)}` : `A${guest()!.slice(1)}`;
    for (const [cookie, status] of [[guest()!, 200], [turned, 404], ["x", 404]] as const) {
      const response = await fetch(channel, { headers: { cookie: `guest=${cookie}` } });
      assert.equal(response.status, status, await response.text());
    }
  });

  await t.step(
    "what is said reaches the others; whispers are read by whom they are for",
    async () => {
      const { slots } = (await ada!.call("who", { channel_id })).view;
      const { filled_by } = slots.find((slot: Wire) => slot.display_name === "Eve");
      await ada!.call("post_message", { channel_id, body: "for Eve alone", to: [filled_by] });
      await ada!.call("post_message", { channel_id, body: "for Ada alone", to: [ada!.player_id] });
      await eve.open(channel);
      await eve.press("Say it", { text: '{"text": "<i>tea?</i>", "to": "x"}' });
      assert.equal(eve.page.url.href, channel, "303 back");
      assert.match(eve.page.html, /for Eve alone/);
      assert.doesNotMatch(eve.page.html, /for Ada alone|<i>tea/);
      assert.deepEqual(await htmlFaults(eve.page.html), []);
      const isEve = ({ sender }: Wire) => sender === filled_by;
      const said = (await ada!.readUntil(isEve)).find(isEve);
      assert.equal(said.body.text, '{"text": "<i>tea?</i>", "to": "x"}');
    },
  );

  await t.step("a form that is sent twice is one entry", async () => {
    await eve.open(channel);
    const { values } = eve.form("Say it");
    const say = async (text: string, form = values) => {
      const { status } = await post(`${channel}/say`, { ...form, text }, own());
      assert.equal(status, 303);
    };
    await Promise.all([say("first"), say("first"), say("first")]);
    await say("gone back to");
    await say("first");
    await eve.open(channel);
    await say("first", eve.form("Say it").values);
    await say("last");
    const read = await ada!.readUntil(({ body }) => body.text === "last");
    const said = ["first", "gone back to", "first", "last"];
    assert.deepEqual(read.map(({ body }) => body.text).filter((text) => said.includes(text)), said);
  });

  await t.step("forms of others and of other sites do nothing", async () => {
    await eve.open(channel);
    const { values } = eve.form("Say it");
    const form = { ...values, text: "forged" };
    const stranger = new Browser();
    await stranger.open(`${server.url}/join/${(await fresh(server.url))[0]}`);
    const attempts: [headers: Record<string, string>, form: Record<string, string>][] = [
      [{ ...own(), "sec-fetch-site": "cross-site" }, form],
      [{ ...own(), origin: "https://evil.example" }, form],
      [own(), { text: "forged" }],
      [own(), { ...form, proof: stranger.form(TAKE).values.proof! }],
      [{}, form],
    ];
    for (const [headers, fields] of attempts) {
      const response = await post(`${channel}/say`, fields, headers);
      assert.equal(response.status, 403, await response.text());
    }
    const asJson = await fetch(`${channel}/say`, {
      method: "POST",
      headers: { ...own(), "content-type": "application/json" },
      body: JSON.stringify(form),
    });
    assert.equal(asJson.status, 400, await asJson.text());
    const { html } = await eve.open(channel);
    assert.ok(!html.includes("forged"));
  });

  await t.step("a refusal stands on the page, with its forms", async () => {
    await eve.open(channel);
    const { values } = eve.form("Say it");
    const refused = await eve.send(`${channel}/move`, { ...values, game: "tictactoe" });
    assert.equal(refused.status, 400);
    assert.match(refused.html, /role="alert"><p>Something in this is not right.*<bdi>action/);
    assert.equal(eve.form("Say it").values.text, "");
    const text = `"<b>&` + "x".repeat(40_000);
    await eve.press("Say it", { text });
    assert.equal(eve.page.status, 413);
    assert.equal(eve.form("Say it").values.text, text, "what was written is still there");
    assert.deepEqual(await htmlFaults(eve.page.html), []);
  });

  await t.step("the seat goes to an agent and back by its rejoin token", async () => {
    await eve.open(channel);
    const { values } = eve.form("Hand the seat to an agent");
    const foreign = { ...own(), "sec-fetch-site": "cross-site" };
    assert.equal((await post(`${channel}/hand_over`, values, foreign)).status, 403);
    await eve.press("Hand the seat to an agent");
    assert.deepEqual(await htmlFaults(eve.page.html), []);
    const [, token] = /(rejoin_[\w-]+)&quot;/.exec(eve.page.html)!;
    await eve.open(channel);
    assert.ok(eve.form("Say it"), "the seat is still the browser's");
    await using agent = await mcpClient("v2 modern", `${server.url}/mcp`, await signIn(server.url));
    await agent.call("join_channel", { invite_code: token });
    assert.equal((await eve.open(channel)).status, 403);
    await eve.open(`${server.url}/join`);
    assert.deepEqual(await htmlFaults(eve.page.html), []);
    await eve.press("Take the seat in this browser", { code: token! });
    assert.equal(eve.page.url.href, channel);
    assert.ok(eve.form("Say it"));
    await assert.rejects(agent.call("post_message", { channel_id, body: "still here?" }));
    await eve.open(`${server.url}/join`);
    const wrong = await eve.press("Take the seat in this browser", { code: "rejoin_wrong" });
    assert.equal(wrong.status, 404);
    assert.match(wrong.html, /role="alert"><p>This token gives no seat/);
    assert.deepEqual(await htmlFaults(wrong.html), []);
    assert.equal(eve.form("Take the seat in this browser").values.code, "rejoin_wrong");
  });

  await t.step("moves of the form and of an agent end the game", async () => {
    const agent = playLegally(ada!, new Chooser(1));
    const { move: _, ...first } = (await ownMove(eve, channel, undefined))!;
    const written = { action: "place", value: `"<b>${"x".repeat(40_000)}` };
    const refused = await eve.send(`${channel}/move`, { ...first, ...written });
    assert.equal(refused.status, 413, refused.html);
    assert.match(refused.html, /<details open[^>]*><summary>Another move/);
    const { value } = eve.form("Make this move").values;
    assert.equal(value, written.value, "what was written is still there");
    let answered: string | undefined;
    for (let turn = 0; turn < 9; turn++) {
      const move = await ownMove(eve, channel, answered);
      if (move === null) break;
      answered = move.answers;
      await eve.send(`${channel}/move`, move);
      assert.equal(eve.page.status, 200, eve.page.html);
    }
    await agent;
    const { html } = await eve.open(channel);
    assert.match(html, /The game is over\./);
    assert.doesNotMatch(html, /action="[^"]*\/move"/);
  });

  await t.step("a rematch begins once all players ask", async () => {
    await eve.press("Rematch with TicTacToe");
    assert.match(eve.page.html, /Eve asked for a rematch/);
    const ops = [{ type: "rematch" }];
    await ada!.call("update_channel", { channel_id, ops });
    const { html } = await eve.open(channel);
    assert.doesNotMatch(html, /Rematch with/, "it has begun");
  });
});

Deno.test("an admin runs a channel from its page", async (t) => {
  await using server = await testServer({ sandbox: "off" });
  const { created: { channel_id, invites }, players: [ada, bob], host } = await roomOf(
    server.url,
    {
      name: "Salon",
      slots: ["invite:ada", "invite:bob", "invite:eve", "invite:free"],
      visibility: "public",
      spectators: "public",
    },
    2,
  );
  const channel = `${server.url}/channels/${channel_id}`;
  const eve = new Browser();
  await eve.open(`${server.url}/join/${invites[2]}`);
  await eve.press(TAKE, { name: "Eve" });
  assert.doesNotMatch(eve.page.html, /Manage the channel|Kick /);
  const forged = { ...eve.form("Say it").values, type: "kick", player_id: ada!.player_id };
  assert.equal((await eve.send(`${channel}/change`, forged)).status, 403);
  assert.match(eve.page.html, /Only those who run this channel may do that/);
  const { view: { slots } } = await host.call("who", { channel_id });
  const { slot_id } = slots.find((slot: Wire) => slot.display_name === "Eve");
  await host.call("update_channel", { channel_id, ops: [{ type: "set_admin", slot_id }] });
  await eve.open(channel);
  assert.deepEqual(await htmlFaults(eve.page.html), []);

  await t.step("a button that is pressed twice changes the channel once", async () => {
    const { action, values } = eve.form("Add a seat");
    const pages = [0, 1].map(() => eve.send(action, { ...values, label: "twice" }));
    for (const { status } of await Promise.all(pages)) assert.equal(status, 200);
    await eve.open(channel);
    const { view } = await host.call("who", { channel_id });
    assert.equal(view.slots.filter(({ label }: Wire) => label === "twice").length, 1);
  });

  await t.step(
    "a refused change leaves what was written in its field, and in no other",
    async () => {
      const rows = [
        ["Rename", "name"],
        ["Add a seat", "label"],
        ["Kick bob", "reason"],
      ] as const;
      for (const [button, field] of rows) {
        await eve.open(channel);
        const text = `"<b>${"x".repeat(600)}`;
        await eve.press(button, { [field]: text });
        assert.equal(eve.page.status, 400, button);
        assert.match(eve.page.html, /<details class="admin" open/);
        assert.equal(eve.form(button).values[field], text);
        assert.equal(eve.page.html.match(/x{600}" *[/>a]/g)?.length, 1, "one field");
        assert.deepEqual(await htmlFaults(eve.page.html), []);
      }
      await eve.open(channel);
    },
  );

  await t.step("a kick is seen by all, with its reason", async () => {
    await eve.press("Kick ada", { reason: "so <b>rude</b>" });
    assert.equal(eve.page.url.href, channel, eve.page.html);
    const spectator = await new Browser().open(channel);
    for (const { html } of [eve.page, spectator]) {
      assert.match(html, /ada is removed by Eve\.[\s\S]*Eve removes ada: so &lt;b&gt;rude/);
    }
    const read = await bob!.readUntil(ofType("kick_applied"));
    assert.equal(read.at(-1).body.op.reason, "so <b>rude</b>");
    await refuses(ada!.say("still here?"), "NOT_MEMBER");
  });

  await t.step("a new invite is shown once, and takes the seat", async () => {
    await eve.press("New invite");
    assert.equal(eve.page.headers.get("cache-control"), "no-store");
    assert.deepEqual(await htmlFaults(eve.page.html), []);
    const [, invite] = /\/join\/(inv_[\w-]+)/.exec(eve.page.html)!;
    const carol = await Player.at(server.url);
    assert.equal((await carol.join(invite!)).channel_id, channel_id);
  });

  await t.step("a member is muted and heard again, and the room gets another name", async () => {
    await eve.open(channel);
    await eve.press("Mute bob");
    await refuses(bob!.say("hm"), "MUTED");
    await eve.press("Unmute bob");
    await bob!.say("thanks");
    await eve.press("Rename", { name: "Parlour" });
    assert.match(eve.page.html, /<h1>Parlour<\/h1>/);
    const chosen = () =>
      [...eve.page.html.matchAll(/<option value="(\w+)" selected/g)].map(([, value]) => value);
    assert.deepEqual(chosen(), ["public", "public"], "as it is today");
    await eve.press("Set", { visibility: "unlisted" });
    assert.deepEqual(chosen(), ["unlisted", "public"]);
    await eve.press("Close the channel for good");
    assert.match(eve.page.html, /This channel is closed\./);
    assert.doesNotMatch(eve.page.html, /Manage the channel/);
  });

  await t.step("a sealed channel offers nothing that it would refuse", async () => {
    const sealed = await roomOf(server.url, { slots: ["invite:a", "invite:b"], sealed: true }, 1);
    const invite = sealed.created.invites[1];
    const browser = new Browser();
    await browser.open(`${server.url}/join/${invite}`);
    await browser.press(TAKE, { name: "Eve" });
    const { view } = await sealed.host.call("who", { channel_id: sealed.created.channel_id });
    const { slot_id } = view.slots.find((slot: Wire) => slot.display_name === "Eve");
    const ops = [{ type: "set_admin", slot_id }];
    await sealed.host.call("update_channel", { channel_id: sealed.created.channel_id, ops });
    const { html } = await browser.open(browser.page.url);
    assert.match(html, /Manage the channel/);
    assert.doesNotMatch(html, /Kick|Ban |Add a seat|Pause/);
  });
});

Deno.test("people sit down at an open table from the lobby", async () => {
  await using server = await testServer({ sandbox: "off" });
  const host = await Player.at(server.url);
  const slots = ["invite:north", "invite:south"];
  const made = { name: "Come in", slots, visibility: "public", open_seats: true };
  const { channel_id } = await host.call("create_channel", made);
  const channel = `${server.url}/channels/${channel_id}`;
  const [ann, bob, late] = [new Browser(), new Browser(), new Browser()];
  for (const [browser, name, label] of [[ann, "Ann", "north"], [bob, "Bob", "south"]] as const) {
    await browser.open(`${server.url}/lobby?open=yes`);
    await browser.follow("Take a seat");
    assert.equal(browser.page.url.href, `${channel}/join`);
    assert.match(browser.page.html, new RegExp(`Anybody may take the seat <b><bdi>${label}`));
    assert.match(browser.page.html, new RegExp(`join_channel with .*${channel_id}`));
    assert.deepEqual(await htmlFaults(browser.page.html), []);
    const { action, values } = browser.form(TAKE);
    // Two clicks take one seat.
    await Promise.all([0, 1].map(() => browser.send(action, { ...values, name })));
    assert.equal(browser.page.url.href, channel, browser.page.html);
    await browser.open(`${channel}/join`);
    assert.equal(browser.page.url.href, channel, "who sits there is led to the table");
  }
  const { view } = await host.call("who", { channel_id });
  assert.deepEqual(view.slots.map((slot: Wire) => slot.display_name), ["Ann", "Bob"]);
  assert.equal((await late.open(`${channel}/join`)).status, 409);
  assert.match(late.page.html, /Every seat of this channel is taken/);
  await late.open(`${server.url}/lobby?open=yes`);
  assert.doesNotMatch(late.page.html, /Come in/);
  const secret = await host.call("create_channel", {
    ...made,
    visibility: "private",
    open_seats: false,
  });
  assert.equal((await late.open(`${server.url}/channels/${secret.channel_id}/join`)).status, 404);
});

Deno.test("wrong invites in a browser count as guesses", async () => {
  await using server = await testServer({ sandbox: "off", rateLimits: true });
  const browser = new Browser();
  const statuses: number[] = [];
  for (let i = 0; i < 21; i++) {
    statuses.push((await browser.open(`${server.url}/join/inv_wrong${i}`)).status);
  }
  assert.deepEqual(statuses, [...Array(20).fill(404), 429]);
  assert.ok(Number(browser.page.headers.get("retry-after")) > 0);
  const [invite] = await fresh(server.url, { slots: ["invite:a"] });
  const { status } = await browser.open(`${server.url}/join/${invite}`);
  assert.equal(status, 429, "a right one is no way to find out");
});

Deno.test("a person who has signed in plays in a browser as that person", async () => {
  for (const guests of [true, false]) {
    await using app = await OAuthApp.open({ guests });
    const browser = new Browser();
    await browser.open(`${app.url}/login`);
    await browser.press(SIGN_IN);
    await signInAtProvider(browser, "alice");
    const [token] = await signedIn(app.kv, ["bob"]);
    const bob = new Player(app.url, token!);
    const channel = await bob.call("create_channel", { name: "talk", slots: ["invite:a"] });
    const address = `${app.url}/join/${channel.invites[0]}`;
    const stranger = await new Browser().open(address);
    assert.equal(stranger.status, 200);
    assert.equal(stranger.html.includes(TAKE), guests);
    await browser.open(address);
    await browser.press(TAKE);
    assert.equal(browser.page.url.pathname, `/channels/${channel.channel_id}`);
    assert.ok((await app.players()).includes("oidc:alice"));
    assert.equal(browser.cookie("guest"), undefined);
    await browser.press("Say it", { text: "good evening" });
    assert.match(browser.page.html, /good evening/);

    const shown = { name: "seen", slots: ["invite:a"], visibility: "public", spectators: "public" };
    const { channel_id } = await bob.call("create_channel", shown);
    for (const path of ["", ".svg", "/events", "/replay", "/verify"]) {
      const address = `${app.url}/channels/${channel_id}${path}`;
      const { status, body } = await fetch(address, { headers: { accept: "application/json" } });
      await body?.cancel();
      assert.equal(status, guests ? 200 : 401, path);
    }
    assert.equal((await browser.open(`${app.url}/channels/${channel_id}.svg`)).status, 200);
  }
});

Deno.test({
  name: "a person plays TicTacToe to the end by clicking, in Chromium",
  ignore: CHROMIUM === undefined,
  async fn(t) {
    const server = await startProcess({ KV_URL: ":memory:", RATE_LIMITS: "off" });
    const browser = await openChromium({});
    try {
      const { created: { invites } } = await roomOf(server.url, { ...TIC_TAC_TOE }, 0);
      const faults: string[] = [];
      const page = await browser.newPage();
      page.on("pageerror", (error) => faults.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") faults.push(message.text());
      });
      const isClean = async () => {
        for (const theme of ["light", "dark"]) {
          await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
          const { violations } = await page.evaluate(`${axe.source}; axe.run()`) as axe.AxeResults;
          const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html)}`);
          assert.deepEqual(found, [], theme);
        }
      };
      const click = async (selector: string) => {
        await Promise.all([page.waitForNavigation(), page.click(selector)]);
      };

      await t.step("the invite is taken by a click", async () => {
        const at = `${server.url}/join/${invites[0]}`;
        await page.goto(at);
        assert.equal(decodeQR(imageOf(await page.content())), at);
        await page.click("summary");
        await isClean();
        await click("form .main");
        assert.match(page.url(), /\/channels\/chn_/);
      });
      await t.step("each square is a button, and the page tells whose turn it is", async () => {
        await using ada = await agentAt(server.url);
        const { channel_id } = await ada.call("join_channel", { invite_code: invites[1] });
        const agent = playLegally({ channel_id, call: ada.call }, new Chooser(2));
        agent.catch(() => {}); // of a step that failed before it awaits the agent
        const told = `document.querySelector(".turn")?.textContent`;
        const live = `document.querySelector("#channel").innerText.includes("Live: ")`;
        const answers = `(document.querySelector("#move [name=answers]")?.value ?? "")`;
        let answered: unknown = "";
        for (let turn = 0; turn < 9; turn++) {
          const isNext = `${told} === "Your turn." && ${answers} !== "${answered}"`;
          await page.waitForFunction(`${live} && (${told} === "The game is over." || ${isNext})`);
          answered = await page.evaluate(answers);
          if (await page.evaluate(told) !== "Your turn.") break;
          if (turn === 0) await isClean();
          await click(".board td button");
        }
        await agent;
        await page.waitForFunction(`${told} === "The game is over."`);
      });
      await t.step("chess by two clicks, by mouse and by keys, to mate", async () => {
        const { created } = await roomOf(server.url, { ...TIC_TAC_TOE, bot_preset: "Chess" }, 0);
        await page.goto(`${server.url}/join/${created.invites[0]}`);
        await click("form .main");
        await using bob = await agentAt(server.url);
        const { channel_id } = await bob.call("join_channel", { invite_code: created.invites[1] });
        const agent = replies(bob, channel_id, ["e5", "Nc6", "Nf6"]);
        agent.catch(() => {});
        const told = `document.querySelector(".turn")?.innerText`;
        const live = `document.querySelector("#channel").innerText.includes("Live: ")`;
        const square = (name: string) => `button[aria-label^="${name}:"]`;
        const game = [["e2", "e4"], ["d1", "h5"], ["f1", "c4"], ["h5", "f7"]] as const;
        // Until the referee has judged a move, the page still shows the turn before.
        const answers = `(document.querySelector("#move [name=answers]")?.value ?? "")`;
        let answered: unknown = "none";
        for (const [turn, [from, to]] of game.entries()) {
          await page.waitForFunction(
            `${live} && ${told} === "Your turn." && ${answers} !== "${answered}"`,
          );
          answered = await page.evaluate(answers);
          if (turn > 0) await page.locator(square(from)).click();
          else {
            await isClean();
            await page.focus(square(from));
            await page.keyboard.press("Enter");
          }
          await page.waitForSelector(`button[aria-label^="${from}:"][aria-pressed="true"]`);
          await page.waitForSelector(square(to));
          const led = page.waitForNavigation();
          if (turn > 0) await page.locator(square(to)).click();
          else {
            await page.keyboard.press("ArrowUp"); // e3
            await page.keyboard.press("ArrowUp");
            await page.keyboard.press("Enter");
          }
          await led;
        }
        await page.waitForFunction(`${told} === "The game is over."`);
        await agent;
      });
      await t.step("a message that is refused stays in its field, while others talk", async () => {
        const slots = ["invite:a", "invite:b"];
        const { created, host, players: [bob] } = await roomOf(server.url, { slots }, 1);
        await page.goto(`${server.url}/join/${created.invites[1]}`);
        await click("form .main");
        const { channel_id } = created;
        const ops = [{ type: "mute", player_id: "p2", muted: true }];
        await host.call("update_channel", { channel_id, ops });
        const live = `document.querySelector("#channel").innerText.includes("Live: ")`;
        await page.waitForFunction(live);
        await page.type("[name=text]", "hear me");
        await click('form[action$="/say"] button');
        faults.length = 0; // the status of the refusal
        await page.waitForFunction(live);
        const written = () => page.$eval("[name=text]", (field) => (field as Wire).value);
        assert.equal(await written(), "hear me");
        await page.focus("[name=text]");
        await page.keyboard.press("End");
        await page.keyboard.type(" out");
        await bob!.say("what?");
        await page.waitForFunction(`document.querySelector(".log").innerText.includes("what?")`);
        assert.equal(await written(), "hear me out");
      });
      await t.step("a seat that is lost is no longer played from its open page", async () => {
        const words = `document.querySelector("#channel").innerText`;
        const isThere = (name: string) =>
          `[...document.querySelectorAll("button")].some((each) => each.innerText === "${name}")`;
        for (const visibility of ["public", "private"]) {
          const isPublic = visibility === "public";
          const spectators = isPublic ? "public" : "off";
          const room = { slots: ["invite:a"], visibility, spectators };
          const { created: { invites, channel_id }, host } = await roomOf(server.url, room, 0);
          await page.goto(`${server.url}/join/${invites[0]}`);
          await click("form .main");
          await page.waitForFunction(`${words}.includes("Live: ")`);
          const change = (op: Wire) => host.call("update_channel", { channel_id, ops: [op] });
          const { view: { slots: [{ slot_id }] } } = await host.call("who", { channel_id });
          await change({ type: "set_admin", slot_id });
          await page.waitForSelector(".admin");
          await change({ type: "kick", player_id: "p1" });
          await page.waitForFunction(`!${isThere("Say it")} && !${isThere("Rename")}`);
          const told = isPublic ? "Live: " : "You may no longer read this channel.";
          await page.waitForFunction(`${words}.includes("${told}")`);
        }
      });
      assert.deepEqual(faults, []);
    } finally {
      await browser.close();
      await server.kill("SIGTERM");
    }
  },
});

async function agentAt(url: string): Promise<McpClient> {
  return await mcpClient("v2 modern", `${url}/mcp`, await signIn(url));
}

/** An agent that makes these moves, each on its turn. */
async function replies(agent: McpClient, channel_id: string, moves: string[]): Promise<void> {
  let cursor = 0;
  for (const value of moves) {
    let told: Wire;
    do {
      told = await agent.call("wait_for_turn", { channel_id, cursor, timeout_ms: 20_000 });
      cursor = told.cursor;
    } while (told.why !== "your_turn");
    const move = { channel_id, game: "chess", action: "move", value };
    await agent.call("make_game_move", move);
  }
}

/** The pixels of the code on a page, four to a module. */
function imageOf(html: string): { width: number; height: number; data: Uint8ClampedArray } {
  const [, side, path] = /class="qr" viewBox="0 0 (\d+) \d+"[\s\S]*?<path d="([^"]+)"/.exec(html)!;
  const size = 4 * Number(side);
  const data = new Uint8ClampedArray(4 * size * size).fill(255);
  for (const [, x, y] of path!.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let i = 0; i < 16; i++) {
      const at = (4 * Number(y) + (i >> 2)) * size + 4 * Number(x) + i % 4;
      data.fill(0, 4 * at, 4 * at + 3);
    }
  }
  return { width: size, height: size, data };
}

function post(url: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  const body = new URLSearchParams(form);
  return fetch(url, { method: "POST", body, headers, redirect: "manual" });
}

async function fresh(url: string, create: Record<string, unknown> = TIC_TAC_TOE) {
  return (await roomOf(url, create, 0)).created.invites as string[];
}

/** The fields of the first square that is a button, once the browser has a turn after `answered`;
 *  null once the game is over. */
async function ownMove(
  browser: Browser,
  channel: string,
  answered: string | undefined,
): Promise<Record<string, string> | null> {
  for (;;) {
    const { html } = await browser.open(channel);
    if (html.includes("The game is over.")) return null;
    const text = html.replaceAll("&quot;", '"');
    const [, move] = /<button type="submit" form="move" name="move" value="(\{.*?\})"/.exec(text) ??
      [];
    const { values } = browser.form("Say it");
    const [, answers] = /name="answers" value="(\d+)"/.exec(text) ?? [];
    if (move && answers && answers !== answered) {
      return { proof: values.proof!, game: "tictactoe", answers, move };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
