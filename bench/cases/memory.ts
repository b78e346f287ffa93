/** Resident memory of the idle server, its warm sandbox hosts, a thousand waiting readers, and
 *  channels with idle bots. */
import type { Figure } from "../figure.ts";
import { channelOf, type Player, players, type Synced } from "../player.ts";
import { privateMegabytes } from "../processes.ts";
import type { Server } from "../server.ts";

const PLAYERS = 20;
const CHANNELS = 50;
const ECHOES = 20;
const WAIT_MS = 45_000;
const BOT_CHANNELS = 500;

export async function memory(server: Server): Promise<Figure[]> {
  const idle = await server.settledMegabytes();
  await warmSandbox(server.url);
  const { hosts } = await server.processes();
  const own = (await Promise.all(hosts.map(({ pid }) => privateMegabytes(pid)))).map(Number);
  const [speaker, ...guests] = await players(server.url, PLAYERS + 1);
  const channels: string[] = [];
  for (let i = 0; i < CHANNELS; i++) channels.push(await channelOf([speaker!, ...guests]));
  const { cursor } = await speaker!.sync(channels[0]!, 0, 0); // the same in all of them

  /** What waiters add while they wait, and once they are gone. Everyone must hear the speaker. */
  const waiting = async (wait: (waiter: Player, channel: string) => Promise<Synced>) => {
    const before = await server.settledMegabytes();
    const waiters = await Promise.all(
      channels.flatMap((channel) => guests.map(async (g) => [await g.again(), channel] as const)),
    );
    const waits = waiters.map(([waiter, channel]) => wait(waiter, channel));
    const during = await server.settledMegabytes();
    for (const channel of channels) await speaker!.post(channel, "over");
    const heard = (await Promise.all(waits)).filter(({ messages }) => messages.length === 1).length;
    if (heard !== waiters.length) throw new Error(`Cannot go on: only ${heard} waiters heard it`);
    for (const [waiter] of waiters) waiter.close();
    return { adds: during - before, leaves: await server.settledMegabytes() - before };
  };
  const reading = await waiting((waiter, channel) => waiter.sync(channel, cursor, WAIT_MS));
  const called = await waiting((waiter, channel_id) =>
    waiter.call<Synced>("wait_for_turn", { channel_id, cursor: cursor + 1, timeout_ms: WAIT_MS })
  );
  const after = await server.settledMegabytes();
  for (let i = 0; i < BOT_CHANNELS; i++) await channelOf([speaker!], { bot_preset: "EchoBot" });
  const withBots = await server.settledMegabytes();
  const hostsWithBots = (await server.processes()).hosts.length;
  for (const guest of [speaker!, ...guests]) guest.close();
  return [
    { name: "idle server", value: idle, unit: "MB", target: { atMost: 100 } },
    { name: "warm sandbox hosts", value: hosts.length, unit: "" },
    {
      name: "largest warm sandbox host",
      value: Math.max(0, ...hosts.map(({ megabytes }) => megabytes)),
      unit: "MB",
      target: { atMost: 70 },
    },
    { name: "  of it not shared with other processes", value: Math.max(0, ...own), unit: "MB" },
    {
      name: `${PLAYERS * CHANNELS} idle waiters add`,
      value: reading.adds,
      unit: "MB",
      target: { atMost: 40 },
    },
    { name: "  still used after they are gone", value: reading.leaves, unit: "MB" },
    {
      name: "as many that wait for their turn add",
      value: called.adds,
      unit: "MB",
      target: { atMost: 40 },
    },
    { name: "  still used after they are gone", value: called.leaves, unit: "MB" },
    { name: `${BOT_CHANNELS} channels with idle bots add`, value: withBots - after, unit: "MB" },
    {
      name: "  sandbox hosts then",
      value: hostsWithBots,
      unit: "",
      target: { atMost: hosts.length },
    },
    { name: "server at the end", value: withBots, unit: "MB" },
  ];
}

/** Makes every host run some hooks. */
async function warmSandbox(url: URL): Promise<void> {
  const talkers = await players(url, 4);
  await Promise.all(talkers.map(async (talker) => {
    const channel = await channelOf([talker], { bot_preset: "EchoBot" });
    for (let i = 0; i < ECHOES; i++) {
      const { msg_id } = await talker.post(channel, "a message of usual length");
      await talker.sync(channel, msg_id, 10_000);
    }
    talker.close();
  }));
}
