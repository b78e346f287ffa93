/** The page of a channel and its replay: complete without script, and live with it. */
import assert from "node:assert/strict";
import axe from "axe-core";
import { CHROMIUM, openChromium } from "../support/chromium.ts";
import { ofType, type Player, roomOf, type Wire } from "../support/player.ts";
import { startProcess } from "../support/process.ts";
import { testServer } from "../support/server.ts";

const PAGE = { headers: { accept: "text/html" } };
const JSON_ONLY = { headers: { accept: "application/json" } };
const WATCHED = {
  slots: ["bot:referee", "invite:a", "invite:b"],
  bot_preset: "TicTacToe",
  visibility: "public",
  spectators: "public",
};
const ATTACK = `<script>alert(1)</script><img src=x onerror=alert(2)>\u202egnp.exe "'&\u05d0\n`;
/** As long as a message may be. */
const HOSTILE = ATTACK.repeat(190);

Deno.test("the page of a channel without script", async (t) => {
  await using server = await testServer();
  const { players: [ada, bob], created: { channel_id }, host } = await roomOf(server.url, {
    ...WATCHED,
    name: "<b>Tea</b>",
  }, 2);
  const address = `${server.url}/channels/${channel_id}`;

  await t.step("it has board, turn, log, members and referee, and nothing hostile", async () => {
    await ada!.readUntil(ofType("bot:turn"));
    await ada!.say(HOSTILE);
    await ada!.call("post_message", { channel_id, body: "whispered", to: [bob!.player_id] });
    const response = await fetch(address, PAGE);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.deepEqual(response.headers.getSetCookie(), [], "looking sets no cookie");
    const html = await response.text();
    assert.match(html, /<figure class="board" data-kind="grid" |<pre class="board"/);
    assert.match(html, /role="status">[^<]* to move\.</);
    for (const part of ["Log", "Members", "Referee", "TicTacToe"]) assert.ok(html.includes(part));
    assert.doesNotMatch(html, /<script>|<img|<b>Tea|whispered/);
    assert.match(response.headers.get("content-security-policy")!, /script-src 'self';/);
  });

  await t.step("its referee's card says what to know before trusting it", async () => {
    const html = await (await fetch(address, PAGE)).text();
    const { bots: [{ code_hash }] } = await host.call("who", { channel_id });
    const [, card] = /<dl class="facts">([\s\S]*?)<\/dl>/.exec(html)!;
    const text = card!.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
    assert.match(text, /Source TypeScript, read it SHA-256 [0-9a-f]{8} sha256:/);
    assert.ok(text.includes(code_hash), "the whole hash is a click away");
    assert.match(text, /Hears what is said to everybody, and no private message/);
    assert.match(text, /Network none Limits for each entry 300 million steps.*16 MiB of memory/);
  });

  await t.step("the log speaks to people", async () => {
    const html = await (await fetch(address, PAGE)).text();
    for (const words of [">The channel is created.<", ">b joins.<", ">a to move.<"]) {
      assert.ok(html.includes(words), words);
    }
  });

  await t.step("who is here is for those who are here; clocks are for all", async () => {
    const html = await (await fetch(address, PAGE)).text();
    assert.doesNotMatch(html, /here now|role="timer"/);
    const { players: [player], created } = await roomOf(server.url, {
      ...WATCHED,
      bot_params: { clock: { game_s: 36_000 } },
    }, 2);
    await player!.readUntil(ofType("bot:turn"));
    const timed = await (await fetch(`${server.url}/channels/${created.channel_id}`, PAGE)).text();
    assert.match(timed, /role="timer">(10:00:00|9:59:\d\d) left</);
    assert.match(timed, />b<\/bdi>[^:]*: (admin, )?10:00:00 left</);
  });

  await t.step("the referee's source is a page", async () => {
    const { bots: [{ bot_id, code_hash }] } = await host.call("who", { channel_id });
    const page = await (await fetch(`${address}/source/${bot_id}`, PAGE)).text();
    const text = page.replaceAll(/<\/?span[^>]*>/g, "");
    assert.ok(text.includes(code_hash) && text.includes("class TicTacToe"));
    assert.match(page, /<span class="keyword">class<\/span> TicTacToe/);
    assert.equal((await fetch(`${address}/source/none`, PAGE)).status, 404);
  });

  await t.step("a channel that a browser may not read is not there", async () => {
    const { created } = await roomOf(server.url, { slots: ["invite:a"], spectators: "link" }, 0);
    const at = `${server.url}/channels/${created.channel_id}`;
    const hidden = await fetch(at, PAGE);
    const none = await fetch(`${server.url}/channels/chn_none`, PAGE);
    assert.equal(hidden.status, 404);
    assert.equal(await hidden.text(), await none.text());
    assert.equal((await fetch(`${at}/replay`, PAGE)).status, 404);
    const linked = await fetch(`${at}?spectate=${created.spectate_token}`, PAGE);
    assert.equal(linked.status, 200);
    assert.match(await linked.text(), /events\?spectate=spectate_/);
    const replay = await fetch(`${at}/replay?spectate=${created.spectate_token}`, PAGE);
    assert.match(await replay.text(), /replay\?at=1&(amp;)?spectate=spectate_/);
  });

  await t.step("the replay shows board, log and picture as of an entry", async () => {
    const shown: number[] = [];
    for (const value of [1, 4, 2, 5]) shown.push(await place([ada!, bob!], value));
    const third = shown[2]!;
    const html = await (await fetch(`${address}/replay?at=${third}`, PAGE)).text();
    assert.equal(marksIn(html), 3);
    assert.match(html, /role="status">[^<]* to move\.</);
    assert.match(html, new RegExp(`>Entry ${third} of \\d+\\.<`));
    assert.ok(html.includes("place 2") && !html.includes("place 5"), "the log ends there, too");
    for (const to of [1, third - 1, third, third + 1]) {
      assert.ok(html.includes(`href="/channels/${channel_id}/replay?at=${to}"`), `a link to ${to}`);
    }
    const [, picture] = /property="og:image" content="([^"]+)"/.exec(html) ?? [];
    assert.equal(picture, `${address}.svg?at=${third}`);
    const drawn = await fetch(picture!);
    assert.equal((await drawn.text()).match(/>[XO]</g)?.length, 3);
    const asked = { headers: { "if-none-match": drawn.headers.get("etag")! } };
    assert.equal((await fetch(picture!, asked)).status, 304);
    const newest = await fetch(`${address}.svg`, asked);
    assert.equal((await newest.text()).match(/>[XO]</g)?.length, 4);
    assert.equal(marksIn(await (await fetch(`${address}/replay`, PAGE)).text()), 4);
    assert.ok((await (await fetch(address, PAGE)).text()).includes(`${channel_id}/replay"`));
  });

  await t.step("what the page of a long channel does not show is in the replay", async () => {
    const room = { slots: ["invite:a"], visibility: "public", spectators: "off" };
    const { players: [eve], created, host } = await roomOf(server.url, room, 1);
    const at = `${server.url}/channels/${created.channel_id}`;
    const ops = [{ type: "set_spectators", who: "public" }];
    await host.call("update_channel", { channel_id: created.channel_id, ops });
    const earlier = async (page: string) =>
      /<a href="([^"]+)">Earlier entries</.exec(await (await fetch(page, PAGE)).text())?.[1];
    await Promise.all(Array.from({ length: 199 }, (_, i) => eve!.say(`one of ${i}`)));
    assert.equal(await earlier(at), undefined, "spectators see all that they may read");
    const { msg_id } = await eve!.say("the last one");
    const [first] = (await (await fetch(`${at}/events`, JSON_ONLY)).json()).messages;
    const link = await earlier(at);
    assert.equal(link, `/channels/${created.channel_id}/replay?at=${first.id - 1}`);
    const moment = await (await fetch(server.url + link, PAGE)).text();
    assert.ok(moment.includes(`>Entry ${first.id - 1} of ${msg_id}.<`));
  });

  await t.step("a player who has left keeps the name in log, board and replay", async () => {
    const slots = ["bot:referee", "invite:Ann", "invite:Bea"];
    const { players, created, host } = await roomOf(server.url, { ...WATCHED, slots }, 2);
    const [ann, bea] = players;
    const { channel_id } = created;
    const at = `${server.url}/channels/${channel_id}`;
    const textOf = async (page: string) => {
      const [, main] = (await (await fetch(page, PAGE)).text()).split("<main");
      return main!.replaceAll(/<[^>]*>/g, "");
    };
    await ann!.readUntil(ofType("bot:turn"));
    await Promise.all(Array.from({ length: 200 }, (_, i) => ann!.say(`one of ${i}`)));
    const { msg_id } = await bea!.say("I have to go");
    await host.call("update_channel", {
      channel_id,
      ops: [{ type: "kick", player_id: bea!.player_id }],
    });
    await ann!.readUntil(ofType("kick_applied"));
    for (const page of [at, `${at}/replay`, `${at}/replay?at=${msg_id}`, `${at}/replay?at=20`]) {
      const text = await textOf(page);
      assert.doesNotMatch(text, /\bp2\b/, page);
      assert.match(text, page.endsWith("=20") ? /Bea/ : /Bea: I have to go/, page);
    }
  });

  await t.step("a moment that there is not is refused, with the ones that there are", async () => {
    for (const at of ["0", "100000", "-1", "1.5", "", "x", "9".repeat(16)]) {
      for (const path of [`${address}/replay?at=${at}`, `${address}.svg?at=${at}`]) {
        const answer = await fetch(path, PAGE);
        assert.equal(answer.status, 400, path);
        assert.match(await answer.text(), /at must be the id of an entry that you may read: 1 to/);
      }
    }
  });

  await t.step("a link leads to the verification of what its reader may read", async () => {
    for (const path of ["", "/replay"]) {
      const html = await (await fetch(address + path, PAGE)).text();
      assert.ok(html.includes(`href="/channels/${channel_id}/verify"`), path);
    }
    const verification = await fetch(`${address}/verify`, PAGE);
    assert.equal(verification.headers.get("cache-control"), "no-store");
    assert.equal(new URL(verification.url).pathname, "/verify");
    const [, file] = /data-file="([^"]+)"/.exec(await verification.text())!;
    const exported = await (await fetch(server.url + file!.replaceAll("&amp;", "&"))).json();
    const { messages } = await ada!.call("sync_messages", { channel_id, last: 1 });
    assert.equal(exported.channel_id, channel_id);
    assert.equal(exported.entries.length, messages.at(-1).id);
    assert.ok(!JSON.stringify(exported).includes("whispered"), "a spectator's export");
  });

  await t.step("the replay of a spectator who is behind ends there", async () => {
    const { players, created } = await roomOf(server.url, { ...WATCHED, spectator_delay: 200 }, 2);
    await players[0]!.readUntil(ofType("bot:turn"));
    const move = await place(players, 5);
    const at = `${server.url}/channels/${created.channel_id}`;
    const html = await (await fetch(`${at}/replay`, PAGE)).text();
    const [, last] = />Entry \d+ of (\d+)\.</.exec(html)!;
    assert.ok(Number(last) < move && marksIn(html) === 0);
    assert.ok(!html.includes(`at=${Number(last) + 1}"`), "no step leads further");
    assert.ok(!html.includes(`${created.channel_id}/verify`), "there is no export of a part");
    assert.equal((await fetch(`${at}/verify`, PAGE)).status, 403);
    for (const beyond of [Number(last) + 1, move]) {
      for (const path of [`${at}/replay?at=${beyond}`, `${at}.svg?at=${beyond}`]) {
        assert.equal((await fetch(path, PAGE)).status, 400, path);
      }
    }
  });
});

Deno.test({
  name: "the page of a channel shows each move at once, in Chromium",
  ignore: CHROMIUM === undefined,
  async fn(t) {
    const server = await startProcess({ KV_URL: ":memory:", RATE_LIMITS: "off" });
    const browser = await openChromium({});
    try {
      const { players, created: { channel_id } } = await roomOf(server.url, {
        ...WATCHED,
        name: "Live",
      }, 2);
      const faults: string[] = [];
      const page = await browser.newPage();
      page.on("pageerror", (error) => faults.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") faults.push(message.text());
      });
      const shown: number[] = [];
      let loads = 0;
      page.on("load", () => loads++);
      await page.goto(`${server.url}/channels/${channel_id}`);
      const shows = (text: string) =>
        page.waitForFunction(
          `document.querySelector("#channel").innerText.includes(${JSON.stringify(text)})`,
        );

      await t.step("each move of two agents, without a reload", async () => {
        await shows("Live: what is said");
        for (const value of [1, 4, 2, 5, 3]) {
          shown.push(await place(players, value));
          await shows(`place ${value}`);
        }
        await shows("The game is over.");
        assert.equal(loads, 1);
      });
      await t.step("a hostile message is text", async () => {
        await players[0]!.say(HOSTILE);
        await shows("onerror=alert(2)");
        assert.equal(await page.$("#channel img, #channel script"), null);
      });
      const checkPage = async () => {
        for (const theme of ["light", "dark"]) {
          await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
          const { violations } = await page.evaluate(`${axe.source}; axe.run()`) as axe.AxeResults;
          const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html)}`);
          assert.deepEqual(found, [], theme);
        }
        assert.deepEqual(faults, []);
      };
      await t.step("axe-core finds nothing, and the console has no error", checkPage);
      await t.step(
        "the replay steps back to move 3 by keys, and its address opens it",
        async () => {
          const third = shown[2]!;
          await page.goto(`${server.url}/channels/${channel_id}/replay`);
          const at = (id: number) =>
            page.waitForFunction(`document.querySelector("input[type=range]")?.value === "${id}"`);
          await page.waitForSelector("input[type=range]");
          const last = await page.$eval("input[type=range]", (range) => Number(range.max));
          await at(last);
          for (let id = last; id > third; id--) await page.keyboard.press("ArrowLeft");
          await at(third);
          assert.equal(marksIn(await page.content()), 3);
          await page.waitForFunction(`location.search === "?at=${third}"`);
          const address = page.url();
          await page.goto("about:blank");
          await page.goto(address);
          await at(third);
          const html = await page.content();
          assert.ok(marksIn(html) === 3 && html.includes("place 2") && !html.includes("place 5"));
          await checkPage();
        },
      );
      await t.step("the replay goes on by its button, its links and its range", async () => {
        const at = (id: number) => page.waitForFunction(`location.search === "?at=${id}"`);
        const last = await page.$eval("input[type=range]", (range) => Number(range.max));
        await page.locator('::-p-aria([name="Next"][role="link"])').click();
        await at(shown[2]! + 1);
        await page.focus("input[type=range]");
        await page.keyboard.press("End");
        await at(last);
        await page.keyboard.press("ArrowLeft");
        await at(last - 1);
        await page.locator('::-p-aria([name="Play"][role="button"])').click();
        await at(last);
        await page.waitForSelector('::-p-aria([name="Play"][role="button"])');
        assert.deepEqual(faults, []);
      });
      await t.step(
        "a replay of more entries than a moment shows reaches each of them",
        async () => {
          const said = Array.from({ length: 210 }, (_, i) => players[i % 2]!.say(`word ${i}`));
          const ids = (await Promise.all(said)).map(({ msg_id }) => Number(msg_id));
          await page.goto(`${server.url}/channels/${channel_id}/replay`);
          await page.waitForSelector("input[type=range]");
          const slideTo = async (id: number) => {
            await page.$eval("input[type=range]", (range, id) => {
              range.value = String(id);
              range.dispatchEvent(new Event("input", { bubbles: true }));
            }, id);
            await page.waitForFunction(`location.search === "?at=${id}"`);
          };
          const last = Math.max(...ids);
          await slideTo(shown[2]!);
          const early = await page.content();
          assert.ok(marksIn(early) === 3 && !early.includes("word 0"));
          await slideTo(last);
          await page.waitForFunction(
            `document.querySelector("#replay").innerText.includes("Entry ${last} of ${last}.")`,
          );
          assert.match(await page.content(), /word \d+/);
          assert.deepEqual(faults, []);
        },
      );
      await t.step("the log begins at its end, and stays where somebody reads", async () => {
        await page.goto(`${server.url}/channels/${channel_id}`);
        const log = 'document.querySelector(".log")';
        const rest = `(${log}.scrollHeight - ${log}.scrollTop - ${log}.clientHeight)`;
        await page.waitForFunction(`${log}.scrollTop > 0 && ${rest} < 40`);
        await players[0]!.say("followed");
        await shows("followed");
        await page.waitForFunction(`${rest} < 40`);
        await page.evaluate(`${log}.scrollTo(0, 0)`);
        await players[0]!.say("not followed");
        await shows("not followed");
        assert.equal(await page.evaluate(`${log}.scrollTop`), 0);
      });
      await t.step("a page whose server is away says so", async () => {
        await server.kill("SIGTERM");
        await shows("The connection is lost.");
      });
    } finally {
      await browser.close();
      await server.kill("SIGTERM").catch(() => {}); // it may be gone already
    }
  },
});

/** Places the mark of whoever has the turn. Resolves with the entry that shows the new board. */
async function place(players: Player[], value: number): Promise<number> {
  const player = await next(players);
  const { channel_id } = player;
  const move = { channel_id, game: "tictactoe", action: "place", value };
  const { msg_id } = await player.call("make_game_move", move);
  const fits = ({ cause, body }: Wire) => cause === msg_id && body?.view;
  return (await player.readUntil(fits)).find(fits).id;
}

/** The marks on the board of a page. */
function marksIn(html: string): number {
  return html.match(/<td[^>]*>[XO]/g)?.length ?? 0;
}

/** The player who has the turn. */
async function next(players: Player[]): Promise<Player> {
  const { channel_id } = players[0]!;
  const waiting = players.map(async (player) => {
    const answer = await player.call("wait_for_turn", { channel_id, timeout_ms: 0 });
    return answer.why === "your_turn" ? player : null;
  });
  const found = (await Promise.all(waiting)).find((player) => player !== null);
  return found ?? await next(players);
}
