/** The victim of the attacks: a signed-in guest with a private channel, a friend in it, a message
 *  for the friend only, and an unused invite. */
import assert from "node:assert/strict";
import { type Attacker, type Client, STRANGER, type Tokens } from "./attacker.ts";
import type { Wire } from "./answer.ts";

export interface Seat extends Tokens {
  client: Client;
  player_id: string;
  rejoin_token: string;
}

export class Victim {
  #shown: Wire;
  #tokens: Tokens;

  private constructor(
    readonly kit: Attacker,
    readonly self: Seat,
    readonly friend: Seat,
    readonly channelId: string,
    readonly usedInvite: string,
    readonly freeInvite: string,
    /** An app that the victim has used, with a redirect URI of its own. */
    readonly app: Client,
  ) {
    this.#tokens = self;
  }

  /** `kit` is the victim's own, so its answers don't count as answers to an attacker. */
  static async at(kit: Attacker): Promise<Victim> {
    const host = await kit.signIn();
    const slots = ["invite:a", "invite:b", "invite:c"];
    const created = (await kit.rest("create_channel", { name: "ours", slots }, host.access_token))
      .json;
    const [own, friends, free] = created.invites.map((invite: string) => kit.secret(invite));
    const self = await seat(kit, host, own);
    const friend = await seat(kit, await kit.signIn(), friends);
    const { channel_id } = created;
    for (const to of [undefined, [friend.player_id]]) {
      const body = kit.secret(`for ${to ?? "us both"}: ${crypto.randomUUID()}`);
      const posted = await kit.rest("post_message", { channel_id, body, to }, host.access_token);
      assert.equal(posted.status, 200);
    }
    const app = await kit.client({ redirect_uris: [STRANGER] });
    const victim = new Victim(kit, self, friend, channel_id, own, free, app);
    victim.#shown = await victim.#read();
    return victim;
  }

  get token(): string {
    return this.#tokens.access_token;
  }

  /** Asserts that nothing has changed: the token works, the seat exists, and the channel has the
   *  same entries. */
  async isUnharmed(): Promise<void> {
    assert.deepEqual(await this.#read(), this.#shown, "what the victim sees has changed");
  }

  /** Asserts that the refresh token still works. */
  async canGoOn(): Promise<void> {
    const refreshed = await this.kit.refresh(this.self.client, this.#tokens.refresh_token);
    assert.equal(refreshed.status, 200, "the victim's refresh token works");
    this.#tokens = refreshed.json;
    await this.isUnharmed();
  }

  async #read(): Promise<Wire> {
    const { channelId: channel_id } = this;
    const read = { channel_id, timeout_ms: 0 };
    const synced = await this.kit.rest("sync_messages", read, this.token);
    const { json: who } = await this.kit.rest("who", { channel_id }, this.token);
    return { status: synced.status, messages: synced.json.messages, who };
  }
}

async function seat(kit: Attacker, tokens: Tokens & { client: Client }, invite: string) {
  const { json } = await kit.rest("join_channel", { invite_code: invite }, tokens.access_token);
  const { player_id, rejoin_token } = json;
  return { ...tokens, player_id, rejoin_token: kit.secret(rejoin_token) };
}
