/** Two clients that wait in no call, one with tasks and one called by webhook. */
import assert from "node:assert/strict";
import { Player, signIn } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import { proxyTo } from "../support/proxy.ts";
import { checkStore } from "../support/server.ts";
import { RECEIVER, webhookReceiver } from "../support/webhook_receiver.ts";
import { NaivePlayer } from "./naive_player.ts";
import { toolsByTasks } from "./tools_by_tasks.ts";
import { Wakers } from "./woken_by_events.ts";

/** The delivery at which the server dies. */
const FATAL = 3;

Deno.test("a client with tasks and one with events play a whole game, through kill -9", async () => {
  await using file = dataFile();
  await using receiver = await webhookReceiver();
  // The start task has no settings for tests: its server finds the receiver behind a proxy.
  await using proxy = proxyTo(receiver.port);
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/ca.pem`, receiver.ca);
  const env = { KV_URL: file.path, HTTPS_PROXY: proxy.url, DENO_CERT: `${folder}/ca.pem` };
  let server = await startProcess(env);
  const url = () => server.url;

  const host = await Player.at(server.url);
  const { invites } = await host.call("create_channel", {
    name: "game",
    slots: ["bot:referee", "invite:ann", "invite:bob"],
    bot_preset: "GuessBot",
    bot_params: { range: [1, 2 ** 20] },
  });
  const [annsToken, bobsToken] = [await signIn(server.url), await signIn(server.url)];
  const annsTools = toolsByTasks(url, annsToken);
  const ann = new NaivePlayer(annsTools, { namesTurns: true });
  const bob = new NaivePlayer(toolsByTasks(url, bobsToken, false), { namesTurns: true });
  const joined = await ann.join(invites[0]);
  await bob.join(invites[1]);

  const wakers = new Wakers(receiver);
  const { respond } = receiver;
  const fatal = Promise.withResolvers<void>();
  receiver.respond = (received) => {
    if (receiver.received.length !== FATAL) return respond(received);
    fatal.resolve();
    return new Response(null, { status: 503 });
  };
  const ends = Promise.all([
    ann.playOn(joined),
    wakers.rest(bob, server.url, bobsToken, `https://${RECEIVER}`),
  ]);
  await Promise.race([fatal.promise, ends]);
  // It is bob's turn: his delivery has failed, and ann has a task.
  const { inVain } = annsTools;
  while (annsTools.inVain === inVain) await new Promise((resolve) => setTimeout(resolve, 10));
  const hosts = await server.children();
  await server.kill("SIGKILL");
  await gone(hosts);
  server = await startProcess(env);

  for (const { next } of await ends) assert.match(next, /says that the game is over/);
  assert.ok(receiver.received.length > FATAL + 1, "the deliveries went on");
  await server.kill("SIGTERM");
  await checkStore(file.path);
  await Deno.remove(folder, { recursive: true });
});
