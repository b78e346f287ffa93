/** Players who are idle until a delivery wakes them, with the server of the start task: it survives
 *  a kill -9, and loses no turn. */
import assert from "node:assert/strict";
import { EventsClient, subscription } from "../support/events_client.ts";
import { type Player, roomOf } from "../support/player.ts";
import { dataFile, startProcess } from "../support/process.ts";
import { checkStore } from "../support/server.ts";
import { reachableReceiver } from "../support/reachable_receiver.ts";
import type { Received } from "../support/webhook_receiver.ts";

const GAME = {
  slots: ["bot:referee", "invite:ann", "invite:bob"],
  bot_preset: "GuessBot",
  bot_params: { range: [1, 9] },
};
const ROOT = new URL("../../", import.meta.url).pathname;

/** The deliveries of a receiver in the order in which they came, each once. */
class Inbox {
  readonly #waiting: Received[] = [];
  readonly #seen = new Set<string>();
  #news = Promise.withResolvers<void>();

  /** Whether the delivery is new. */
  put(received: Received): boolean {
    if (this.#seen.has(received.id)) return false;
    this.#seen.add(received.id);
    this.#waiting.push(received);
    this.#news.resolve();
    this.#news = Promise.withResolvers();
    return true;
  }

  async take(): Promise<Received> {
    while (this.#waiting.length === 0) await this.#news.promise;
    return this.#waiting.shift()!;
  }
}

Deno.test("two players whom only deliveries wake play a game to its end, through a kill -9", async () => {
  await using file = dataFile();
  await using net = await reachableReceiver();
  const { receiver } = net;
  const settings = { ...net.settings, KV_URL: file.path };
  let server = await startProcess(settings);
  const { players } = await roomOf(server.url, GAME, 2);
  const clients = players.map(({ token }) => new EventsClient(server.url, token));
  const inbox = new Inbox();
  // The third delivery is never answered: the server dies first.
  const died = Promise.withResolvers<void>();
  const unanswered = Promise.withResolvers<void>();
  let left = 3;
  receiver.respond = async (received) => {
    if (--left === 0) {
      unanswered.resolve();
      await died.promise;
      return new Response(null, { status: 503 });
    }
    inbox.put(received);
    return new Response(null, { status: 204 });
  };
  const byPath = new Map<string, Player>();
  for (const [i, client] of clients.entries()) {
    const path = `/player/${i}`;
    byPath.set(path, players[i]!);
    const delivery = { url: receiver.proxiedUrl(path), secret: receiver.secret() };
    const { channel_id } = players[i]!;
    await client.call("events/subscribe", subscription("turn.mine", { channel_id }, delivery));
  }
  const restart = unanswered.promise.then(async () => {
    await server.kill("SIGKILL");
    died.resolve();
    server = await startProcess(settings);
    for (const player of players) player.moveTo(server.url);
  });

  // Ann guesses from below and Bob from above, until they meet.
  const next = new Map(players.map((player, i) => [player, i === 0 ? [1, 1] : [9, -1]]));
  const over = new Set<Player>();
  while (over.size < 2) {
    const { path, body } = await inbox.take();
    const player = byPath.get(path)!;
    const { why, answers, game, legal_moves, messages, channel_id } = body.data;
    assert.equal(body.name, "turn.mine");
    assert.equal(channel_id, player.channel_id);
    if (why === "over") {
      over.add(player);
      continue;
    }
    assert.equal(why, "your_turn", JSON.stringify(body));
    assert.ok(legal_moves.length > 0 && messages.length > 0);
    const [value, step] = next.get(player) as [number, number];
    next.set(player, [value + step, step]);
    const move = { channel_id, game, action: "guess", value, answers };
    await player.call("make_game_move", move).catch(async (error) => {
      // The server died under the call. It is repeated once the server is back: it answers the same
      // turn, so that it counts once.
      if (!(error instanceof TypeError)) throw error;
      await restart;
      await player.call("make_game_move", move);
    });
  }
  await restart;
  assert.deepEqual(new Set(net.proxy.asked), new Set(["hooks.mcp-test.example:443"]));
  await server.kill("SIGTERM");
  const log = server.log.join("\n");
  assert.ok(!log.includes("whsec_") && !log.includes("/player/"), log);
  await checkStore(ROOT + file.path);
});

Deno.test("a message that was committed before a kill -9 is delivered after it, once or again", async () => {
  await using file = dataFile();
  await using net = await reachableReceiver();
  const { receiver } = net;
  const settings = { ...net.settings, KV_URL: file.path };
  let server = await startProcess(settings);
  const { players: [ann, bob] } = await roomOf(
    server.url,
    { slots: ["invite:ann", "invite:bob"] },
    2,
  );
  const client = new EventsClient(server.url, ann!.token);
  const delivery = { url: receiver.proxiedUrl(), secret: receiver.secret() };
  const wanted = subscription("message.created", { channel_id: ann!.channel_id }, delivery);
  const { id } = await client.call("events/subscribe", wanted);
  const died = Promise.withResolvers<void>();
  receiver.respond = async () => {
    await died.promise;
    return new Response(null, { status: 503 });
  };
  const texts = ["one", "two", "three"];
  for (const text of texts) await bob!.say(text);
  while (receiver.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await server.kill("SIGKILL");
  died.resolve();
  receiver.respond = () => new Response(null, { status: 204 });
  server = await startProcess(settings);
  const taken = await receiver.taken(3);
  assert.deepEqual(taken.map(({ body }) => body.data.message.body.text), texts);
  assert.ok(taken.every(({ subscription }) => subscription === id));
  assert.equal(receiver.received[0]!.id, taken[0]!.id);
  assert.equal(receiver.challenges.length, 1);
  client.moveTo(server.url);
  // The cursor moves after the receiver's answer.
  let refreshed = await client.call("events/subscribe", wanted);
  while (refreshed.cursor !== taken[2]!.body.cursor) {
    refreshed = await client.call("events/subscribe", wanted);
  }
  assert.equal(refreshed.id, id);
  await server.kill("SIGTERM");
});
