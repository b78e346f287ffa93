/** The Worker of a sandbox host for Python: it has no permission of any kind, and runs each bot in
 *  an interpreter that no bot has used before. Its first message is the image of a started
 *  interpreter, or null when it has to start one itself. From then on it takes one request as a
 *  JSON text, answers with one JSON text; in between it may ask the main thread for what the bot
 *  wants of the network. */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import type { NetAnswer, NetRequest } from "../../../domain/bot/evidence.ts";
import type { Answer, Request } from "../../wire/protocol.ts";
import { awaitReply, type NetCall, REPLY_BYTES } from "../../wire/net_call.ts";
import { openWalls } from "../../walls/walls.ts";
import { PythonGuest } from "./guest.ts";
import { decodeImage, makeImage } from "./image.ts";
import type { Image } from "./machine.ts";

let calls = 0;
/** One for all calls: each is answered before the next is made. */
const reply = new SharedArrayBuffer(REPLY_BYTES);
/** The engine, as a probe reports it. */
type Engine = Pick<Image, "engine" | "engine_parts">;

const started = Promise.withResolvers<{ guest: PythonGuest; engine: Engine }>();

self.onmessage = async ({ data }: MessageEvent<Uint8Array<ArrayBuffer> | null>) => {
  self.onmessage = async ({ data }: MessageEvent<string>) => {
    const { guest, engine } = await started.promise;
    self.postMessage(JSON.stringify(respond(JSON.parse(data), guest, engine)));
    // Made ready for the next bot while this answer is on its way.
    guest.renew();
  };
  const image: Image = data ? decodeImage(data) : await makeImage();
  const { engine, engine_parts } = image;
  started.resolve({ guest: new PythonGuest(image, ask), engine: { engine, engine_parts } });
};
// A message to a Worker whose modules are still loading is lost, so the Worker speaks first.
self.postMessage("loaded");

function respond(request: Request, guest: PythonGuest, { engine, engine_parts }: Engine): Answer {
  switch (request.kind) {
    case "probe":
      return { kind: "probed", engine, engine_parts, open: openWalls("worker") };
    case "inspect": {
      const { source, name, hooks } = request;
      return { kind: "inspected", inspection: guest.inspect(source, name, hooks) };
    }
    case "run":
      return { kind: "ran", outcome: guest.hook(request.job) };
  }
}

/** Blocks this thread, and with it the bot, until the main thread has the answer. */
function ask(request: NetRequest): NetAnswer {
  new Int32Array(reply)[0] = 0;
  self.postMessage({ call: ++calls, request, reply } satisfies NetCall);
  return awaitReply(reply);
}
