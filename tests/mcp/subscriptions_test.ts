/** `subscriptions/listen`: notifications of a channel from any instance, for callers who may read
 *  it and only for as long as they may. */
import assert from "node:assert/strict";
import { Client, type McpSubscription } from "@modelcontextprotocol/client";
import { HTTP_LIMITS } from "../../src/domain/limits/http.ts";
import { instances } from "../support/apps.ts";
import { CLIENT_KINDS, type McpClient, mcpClient } from "../support/mcp_clients.ts";
import { Player, signIn, type Wire } from "../support/player.ts";

const URI = (channelId: string) => `channel://${channelId}/transcript`;

/** A modern client that counts the notifications of each URI; tests can wait for them. */
class Listener {
  readonly #client: Client;
  readonly #news = new Map<string, number>();
  #woken = Promise.withResolvers<void>();

  constructor({ client }: McpClient) {
    this.#client = client as unknown as Client;
    this.#client.setNotificationHandler("notifications/resources/updated", ({ params }) => {
      this.#news.set(params.uri, this.news(params.uri) + 1);
      this.#woken.resolve();
      this.#woken = Promise.withResolvers();
    });
  }

  listen(...uris: string[]): Promise<McpSubscription> {
    return this.#client.listen({ resourceSubscriptions: uris });
  }

  news(uri: string): number {
    return this.#news.get(uri) ?? 0;
  }

  async untilNews(uri: string, count: number): Promise<void> {
    while (this.news(uri) < count) await this.#woken.promise;
  }
}

async function room(url: string) {
  const host = await Player.at(url);
  const { channel_id, invites } = await host.call("create_channel", {
    name: "x",
    slots: ["invite:a", "invite:b"],
  });
  await host.join(invites[0]);
  return { host, channel_id, invites, uri: URI(channel_id) };
}

Deno.test("a subscriber on one instance gets a notification of a post on another", async () => {
  await using apps = await instances(2);
  const [here, there] = apps.urls as [string, string];
  const { host, uri } = await room(there);
  await using mcp = await mcpClient("v2 modern", here, host.token);
  const listener = new Listener(mcp);
  const subscription = await listener.listen(uri);
  assert.deepEqual(subscription.honoredFilter, { resourceSubscriptions: [uri] });
  await host.say("one");
  await listener.untilNews(uri, 1);
  const { contents: [page] } = await mcp.client.readResource({ uri }) as Wire;
  assert.equal(JSON.parse(page.text).messages.at(-1).body.text, "one");
  await host.say("two");
  await listener.untilNews(uri, 2);
  await subscription.close();
});

Deno.test("a forbidden channel gives no notifications, like one that does not exist", async () => {
  await using apps = await instances(1);
  const [url] = apps.urls as [string];
  const { uri } = await room(url);
  const stranger = await Player.at(url);
  await using mcp = await mcpClient("v2 modern", url, stranger.token);
  const listener = new Listener(mcp);
  for (const wanted of [uri, URI("chn_none"), "guide://bots", "nonsense"]) {
    const subscription = await listener.listen(wanted);
    assert.deepEqual(subscription.honoredFilter, {}, wanted);
    assert.equal(await subscription.closed, "graceful", wanted);
  }
  const own = await room(url);
  await using owner = await mcpClient("v2 modern", url, own.host.token);
  const { honoredFilter } = await new Listener(owner).listen(own.uri, uri);
  assert.deepEqual(honoredFilter, { resourceSubscriptions: [own.uri] });
});

Deno.test("a player who loses the seat gets no more notifications, on another instance too", async () => {
  await using apps = await instances(2);
  const [here, there] = apps.urls as [string, string];
  const { host, invites, channel_id, uri } = await room(there);
  const member = await Player.at(there);
  await member.join(invites[1]);
  await using mcp = await mcpClient("v2 modern", here, member.token);
  const listener = new Listener(mcp);
  const subscription = await listener.listen(uri);
  await host.say("for all");
  await listener.untilNews(uri, 1);
  await member.call("leave_channel", { channel_id });
  assert.equal(await subscription.closed, "graceful");
  const heard = listener.news(uri);
  await host.say("among us");
  await mcp.call("health_check");
  assert.equal(listener.news(uri), heard);
});

Deno.test("a server that stops ends its subscriptions, and opens no others", async () => {
  const apps = await instances(1);
  const [url] = apps.urls as [string];
  const { host, uri } = await room(url);
  await using mcp = await mcpClient("v2 modern", url, host.token);
  const subscription = await new Listener(mcp).listen(uri);
  await apps[Symbol.asyncDispose](); // would wait for an open stream
  assert.equal(await subscription.closed, "graceful");
});

Deno.test("subscriptions are bounded for each principal, and a closed one makes room", async () => {
  await using apps = await instances(1);
  const [url] = apps.urls as [string];
  const { host, uri } = await room(url);
  await using mcp = await mcpClient("v2 modern", url, host.token);
  const listener = new Listener(mcp);
  const open: McpSubscription[] = [];
  for (let i = 0; i < HTTP_LIMITS.subscriptionsPerPrincipal; i++) {
    open.push(await listener.listen(uri));
  }
  await assert.rejects(listener.listen(uri), /Subscription limit reached: close one first/);
  const another = await room(url);
  await using other = await mcpClient("v2 modern", url, another.host.token);
  await (await new Listener(other).listen(another.uri)).close();
  await open.pop()!.close();
  let again: McpSubscription | null = null;
  // The server notices the closed subscription when its stream breaks.
  while (!again) again = await listener.listen(uri).catch(() => null);
  for (const subscription of [again, ...open]) await subscription.close();
});

Deno.test("a subscription follows the first channels of its request, up to the limit", async () => {
  await using apps = await instances(1);
  const [url] = apps.urls as [string];
  const { host, uri } = await room(url);
  await using mcp = await mcpClient("v2 modern", url, host.token);
  const others = Array.from({ length: HTTP_LIMITS.subscribedChannels }, (_, i) => URI(`chn_${i}`));
  const late = await new Listener(mcp).listen(...others, uri);
  assert.deepEqual(late.honoredFilter, {});
  const early = await new Listener(mcp).listen(uri, ...others);
  assert.deepEqual(early.honoredFilter, { resourceSubscriptions: [uri] });
  await early.close();
});

Deno.test("2025-era clients get no promise that a stateless server can't keep", async () => {
  await using apps = await instances(1);
  const [url] = apps.urls as [string];
  const token = await signIn(url);
  const subscribe = [];
  for (const kind of CLIENT_KINDS) {
    await using mcp = await mcpClient(kind, url, token);
    subscribe.push(mcp.client.getServerCapabilities()?.resources?.subscribe ?? false);
  }
  assert.deepEqual(subscribe, [false, false, true]);
});
