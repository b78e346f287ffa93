/** People and channels in a world, made by honest calls: people with tokens, and channels of every
 *  kind. */
import type { Wire } from "../support/player.ts";
import type { World } from "./world.ts";

export interface Person {
  name: string;
  token: string;
}

export interface Channels {
  /** Has created the private room, and has no seat in it. */
  host: Person;
  /** Has a seat in the room and one in the closed channel. */
  alice: Person;
  /** Has two seats in the room, so each call has to name one. */
  carol: Person;
  /** Has a token, and nothing else. */
  stranger: Person;
  /** Private, with a bot; alice and carol have seats in it. */
  room: string;
  /** Public, open to spectators, and without players. */
  hall: string;
  closed: string;
  sealed: string;
  /** Invites of free slots. */
  invites: string[];
  /** The token of alice's seat in the room. */
  rejoinToken: string;
  botId: string;
}

export async function furnished(world: World): Promise<Channels> {
  const call = (who: Person, name: string, input: unknown): Promise<Wire> =>
    world.honest(`/${name}`, JSON.stringify(input), asking(who));
  const person = async (name: string): Promise<Person> => ({
    name,
    token: await guestToken(world),
  });
  const host = await person("host");
  const alice = await person("alice");
  const carol = await person("carol");
  const stranger = await person("stranger");

  const slots = ["bot:referee", "invite:a", "invite:b", "invite:c", "invite:d", "bot:spare"];
  const bots = [{ code_ref: "builtin://EchoBot", name: "EchoBot" }];
  const room = await call(host, "create_channel", { name: "Room", slots, bots });
  const channel_id = room.channel_id;
  const { rejoin_token } = await call(alice, "join_channel", { invite_code: room.invites[0] });
  for (const invite_code of room.invites.slice(1, 3)) {
    await call(carol, "join_channel", { invite_code });
  }
  await call(alice, "post_message", { channel_id, body: "Hello" });
  for (let cursor = 0, met = false; !met;) {
    const read = await call(alice, "sync_messages", { channel_id, cursor });
    met = read.messages.some(({ body }: Wire) => body?.echo !== undefined);
    cursor = read.cursor;
  }
  const open = { visibility: "public", spectators: true, slots: ["invite:a"] };
  const hall = await call(host, "create_channel", { name: "Hall", ...open });
  const closed = await call(host, "create_channel", { name: "Closed", slots: ["invite:a"] });
  await call(alice, "join_channel", { invite_code: closed.invites[0] });
  await call(host, "update_channel", { channel_id: closed.channel_id, ops: [{ type: "close" }] });
  const sealed = await call(host, "create_channel", { name: "Sealed", slots, bots, sealed: true });
  return {
    ...{ host, alice, carol, stranger },
    ...{ room: channel_id, hall: hall.channel_id },
    ...{ closed: closed.channel_id, sealed: sealed.channel_id },
    invites: [room.invites[3], hall.invites[0], ...sealed.invites],
    rejoinToken: rejoin_token,
    botId: room.bots[0].bot_id,
  };
}

export function asking({ token }: Person): Record<string, string> {
  return { authorization: `Bearer ${token}`, "content-type": "application/json" };
}

async function guestToken(world: World): Promise<string> {
  const json = { "content-type": "application/json" };
  const { client_id, client_secret } = await world.honest("/register", "{}", json);
  const authorization = `Basic ${btoa(`${client_id}:${client_secret}`)}`;
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  return (await world.honest("/token", form, { authorization })).access_token;
}
