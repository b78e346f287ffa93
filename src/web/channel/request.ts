/** What a request to a page of a channel says: who asks, for which channel, by which link. */
import type { Context } from "@hono/hono";
import type { BrowserCaller } from "../../accounts/access/browser.ts";
import type { AddressOf } from "../../accounts/access/own_address.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import { isOpen } from "../../domain/channel/seat.ts";
import { problem } from "../../http/problem.ts";
import type { HttpEnv } from "../../http/request_guard.ts";
import { admitLook } from "../../operations/rate_guard.ts";
import type { ActingDeps } from "./acting.ts";

export interface ChannelDeps extends ActingDeps {
  addressOf: AddressOf;
}

export const CHANNEL_PATH = "/channels/:id{[\\w-]+}";

/** Who asks, at the cost of a call; null if nobody may look without signing in. */
export async function callerOf(
  c: Context<HttpEnv>,
  { services, browsers }: ChannelDeps,
): Promise<BrowserCaller | null> {
  const caller = await browsers.callerOf(c, c.env.address);
  if (caller) admitLook(services, caller);
  return caller;
}

export function signInFirst(): Response {
  return problem("UNAUTHORIZED", "Sign in at /login to watch channels here.");
}

/** The path of the channel, and the query by which a link admits. */
export function addressesOf(c: Context): { address: string; query: string } {
  const token = c.req.query("spectate");
  const query = token === undefined ? "" : `?${new URLSearchParams({ spectate: token })}`;
  return { address: `/channels/${c.req.param("id")}`, query };
}

/** The picture of a position, where those who see no more than a link may see it. */
export function pictureOf(
  c: Context,
  { addressOf }: ChannelDeps,
  channel: Channel,
  moment: Record<string, string> = {},
): string | undefined {
  const token = c.req.query("spectate");
  if (token === undefined && !isOpen(channel)) return undefined;
  const query = new URLSearchParams({ ...moment, ...(token !== undefined && { token }) });
  const path = `/channels/${c.req.param("id")}.svg`;
  return addressOf(c.req.raw) + path + (query.size > 0 ? `?${query}` : "");
}
