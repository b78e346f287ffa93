/** What a thousand subscriptions cost a server that is started by its task: they are made over
 *  HTTP, by players who have as many as each may have, and a receiver proves each. */
import { EventsClient, subscription } from "../support/events_client.ts";
import { roomOf } from "../support/player.ts";
import { dataFile, megabytes, startProcess } from "../support/process.ts";
import { reachableReceiver } from "../support/reachable_receiver.ts";

const PLAYERS = 20;
const OF_EACH = 50;
/** How often each kind of server is started: the memory of one varies by megabytes. */
const STARTS = 5;
const CALM_MS = 4_000;

export interface SubscriptionsCost {
  subscriptions: number;
  /** Resident memory in megabytes of a server that was started without them, and with them: the
   *  median of several starts. */
  withoutMb: number;
  withMb: number;
}

export async function subscriptionsCost(): Promise<SubscriptionsCost> {
  await using file = dataFile();
  await using net = await reachableReceiver();
  const settings = { ...net.settings, KV_URL: file.path, RATE_LIMITS: "off", SANDBOX: "off" };
  const started = async () => {
    const found: number[] = [];
    for (let start = 0; start < STARTS; start++) {
      const server = await startProcess(settings);
      await new Promise((resolve) => setTimeout(resolve, CALM_MS));
      found.push(await megabytes(server.pid));
      await server.kill("SIGTERM");
    }
    return found.toSorted((a, b) => a - b)[Math.floor(STARTS / 2)]!;
  };
  const server = await startProcess(settings);
  const slots = Array.from({ length: PLAYERS }, (_, i) => `invite:p${i}`);
  const { players } = await roomOf(server.url, { slots }, PLAYERS);
  await server.kill("SIGTERM");
  const withoutMb = await started();
  const full = await startProcess(settings);
  for (const { token, channel_id } of players) {
    const client = new EventsClient(full.url, token);
    const names = Array.from({ length: OF_EACH }, (_, i) => i);
    await Promise.all(names.map((i) => {
      const delivery = { url: net.receiver.proxiedUrl(`/${i}`), secret: net.receiver.secret() };
      const wanted = subscription("message.created", { channel_id }, delivery);
      return client.call("events/subscribe", wanted);
    }));
  }
  await full.kill("SIGTERM");
  return { subscriptions: PLAYERS * OF_EACH, withoutMb, withMb: await started() };
}
