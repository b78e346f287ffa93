/** The work of a Worker that runs JavaScript bots, each in a clean machine. It receives one request
 *  as a JSON text and answers with one JSON text. In between it may ask whoever made the Worker to
 *  perform the bot's network requests. It needs only the web platform, so it also runs in a
 *  browser. */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import type { Import } from "../../../domain/bot/bot.ts";
import type { Answer, Request } from "../../wire/protocol.ts";
import { ENGINE } from "./engine.ts";
import { Guest } from "./guest.ts";
import type { NetReply } from "../../wire/net_call.ts";
import { NetCalls } from "./net_calls.ts";
import { prepareBot } from "./prepared_bot.ts";
import { Rejection } from "./source.ts";

/** Serves the requests that this Worker gets, until it is terminated. `openWalls` names what the
 *  Worker may do that it should not, `modules` those of this release, for whoever can't read them
 *  otherwise. */
export function serveGuest(openWalls: () => string[], modules?: () => Promise<Import[]>): void {
  const net = new NetCalls((call) => self.postMessage(call));
  let machine = Guest.create(net);

  self.onmessage = async ({ data }: MessageEvent<string | NetReply>) => {
    if (typeof data !== "string") return net.answered(data);
    self.postMessage(JSON.stringify(await respond(JSON.parse(data))));
    // Prepared after the answer was sent, so that the server does not wait for it.
    if (!(await machine).renew()) machine = Guest.create(net);
  };
  // Messages to a Worker whose modules are still loading are lost, so it sends the first one.
  self.postMessage("loaded");

  async function respond(request: Request): Promise<Answer> {
    switch (request.kind) {
      case "probe":
        await machine;
        return { kind: "probed", ...ENGINE, open: openWalls(), modules: await modules?.() };
      case "inspect":
        try {
          const { source, hooks } = request;
          const bot = await prepareBot(request, hooks);
          const inspection = await (await machine).inspect(bot, source, hooks);
          return { kind: "inspected", inspection };
        } catch (error) {
          if (!(error instanceof Rejection)) throw error;
          const { message, line, looksLike: looks_like } = error;
          return { kind: "inspected", inspection: { kind: "rejected", message, line, looks_like } };
        }
      case "run":
        try {
          const { job } = request;
          const bot = await prepareBot({ ...job, name: job.class_name });
          return { kind: "ran", ...await (await machine).hook(bot, job) };
        } catch (error) {
          if (!(error instanceof Rejection)) throw error;
          return {
            kind: "ran",
            outcome: { kind: "threw", message: error.message, line: error.line },
            trace: { log: [], fuel: 0 },
          };
        }
    }
  }
}
