/** The Worker in which a browser verifies an export: it reads the file, checks it, runs its bots
 *  again, and reports how far it is. */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import type { Order } from "../islands/verify/messages.ts";
import { verifyOrder } from "./verify_order.ts";

self.onmessage = ({ data }: MessageEvent<Order>) => {
  verifyOrder(data, (news) => self.postMessage(news));
};
