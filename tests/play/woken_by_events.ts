/** Players that rest until a delivery calls them, and then make their move. */
import { EventsClient, subscription } from "../support/events_client.ts";
import type { Wire } from "../support/player.ts";
import type { Received, WebhookReceiver } from "../support/webhook_receiver.ts";
import type { NaivePlayer } from "./naive_player.ts";

export class Wakers {
  readonly #receiver: WebhookReceiver;
  #players = new Map<string, (data: Wire) => Promise<void>>();

  constructor(receiver: WebhookReceiver) {
    this.#receiver = receiver;
    receiver.respond = (received) => this.#deliver(received);
  }

  /** Subscribes for a seated player, and lets it play whenever it is called. Resolves with the last
   *  event. `root` is the address of the receiver's root. */
  async rest(player: NaivePlayer, url: string, token: string, root: string): Promise<Wire> {
    const path = `/${crypto.randomUUID()}`;
    const { promise, resolve, reject } = Promise.withResolvers<Wire>();
    this.#players.set(path, async (data) => {
      try {
        if (await player.wake(data)) resolve(data);
      } catch (error) {
        reject(error);
      }
    });
    const secret = this.#receiver.secret();
    const { channel_id } = player;
    const wanted = subscription("turn.mine", { channel_id }, { url: `${root}${path}`, secret });
    await new EventsClient(url, token).call("events/subscribe", wanted);
    return await promise;
  }

  async #deliver({ path, body }: Received): Promise<Response> {
    await this.#players.get(path)!(body.data);
    return new Response(null, { status: 204 });
  }
}
