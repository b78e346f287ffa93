/** The Worker of a sandbox host for Python. It has no permissions, and runs each bot in a clean
 *  interpreter. The first message that it receives is the image of a started interpreter, or null
 *  if it has to start one itself. After that it receives one request as a JSON text and answers
 *  with one JSON text. In between it may ask the main thread to perform the bot's network
 *  requests. */
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
/** Shared by all calls, because the guest blocks during each of them. */
const reply = new SharedArrayBuffer(REPLY_BYTES);
/** The engine, as a probe reports it. */
type Engine = Pick<Image, "engine" | "engine_parts">;

const started = Promise.withResolvers<{ guest: PythonGuest; engine: Engine }>();

self.onmessage = async ({ data }: MessageEvent<Uint8Array<ArrayBuffer> | null>) => {
  self.onmessage = async ({ data }: MessageEvent<string>) => {
    const { guest, engine } = await started.promise;
    self.postMessage(JSON.stringify(respond(JSON.parse(data), guest, engine)));
    // Prepared after the answer was sent, so that the server does not wait for it.
    guest.renew();
  };
  const image: Image = data ? decodeImage(data) : await makeImage();
  const { engine, engine_parts } = image;
  started.resolve({ guest: new PythonGuest(image, ask), engine: { engine, engine_parts } });
};
// Messages to a Worker whose modules are still loading are lost, so the Worker sends the first one.
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
      return { kind: "ran", ...guest.hook(request.job) };
  }
}

/** Sends a network request to the main thread and blocks, with the bot, until the answer is
 *  there. */
function ask(request: NetRequest): NetAnswer {
  new Int32Array(reply)[0] = 0;
  self.postMessage({ call: ++calls, request, reply } satisfies NetCall);
  return awaitReply(reply);
}
