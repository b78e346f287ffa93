/** A Worker that may reach the hosts that one bot declares, and nothing else: the main thread of a
 *  host has it perform what a bot asks of the network. It runs no bot code, keeps no cookies and
 *  reuses no connection. Over IPv4 only: Deno has no list of IPv6 networks to deny. */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import {
  type CourierResult,
  type CourierSetup,
  type CourierTask,
  failureOf,
} from "../wire/courier_task.ts";

/** Of an answer's headers, those that say something about its body; the others differ for no
 *  reason. */
const KEPT_HEADERS = [
  "content-language",
  "content-type",
  "date",
  "etag",
  "last-modified",
  "location",
  "retry-after",
];
const REDIRECTS = [301, 302, 303, 307, 308];
const NO_BYTES = new Uint8Array();

self.onmessage = ({ data }: MessageEvent<CourierSetup>) => {
  const { caCerts } = data;
  const client = Deno.createHttpClient({
    // Binds the socket to IPv4, so that it can connect to nothing else.
    localAddress: "0.0.0.0",
    poolMaxIdlePerHost: 0,
    http2: false,
    caCerts,
  });
  const perform = async (task: CourierTask): Promise<CourierResult> => {
    if (task.kind === "fetch") return await ask(client, task);
    const { certify } = await import("./certificates.ts");
    return await certify(task, caCerts);
  };
  self.onmessage = async ({ data: [id, task] }: MessageEvent<[id: number, task: CourierTask]>) => {
    const failed = (error: unknown) => ({ kind: "failed", why: failureOf(error) }) as const;
    self.postMessage([id, await perform(task).catch(failed)]);
  };
};
// A message to a Worker whose modules are still loading is lost, so the Worker speaks first.
self.postMessage("loaded");

async function ask(
  client: Deno.HttpClient,
  { method, url, headers, body }: Extract<CourierTask, { kind: "fetch" }>,
): Promise<CourierResult> {
  const response = await fetch(url, {
    client,
    method,
    body,
    headers: [...headers, ["user-agent", "mcp-multiplayer-bot"]],
    redirect: "manual",
  });
  const { status } = response;
  const location = response.headers.get("location");
  if (REDIRECTS.includes(status) && location !== null) {
    await response.body?.cancel();
    return { kind: "moved", status, location };
  }
  const bytes = await read(response.body);
  if (typeof bytes === "string") return { kind: "failed", why: bytes };
  return { kind: "fetched", status, headers: kept(response.headers), body: bytes };
}

/** Counts what comes out of the decompression, and reads no more than it may. */
async function read(
  stream: ReadableStream<Uint8Array<ArrayBuffer>> | null,
): Promise<Uint8Array<ArrayBuffer> | "large" | "broken"> {
  if (!stream) return NO_BYTES;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      length += chunk.length;
      if (length > BOT_LIMITS.netAnswerBytes) return "large";
      chunks.push(chunk);
    }
  } catch {
    return "broken";
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function kept(headers: Headers): [string, string][] {
  let room = BOT_LIMITS.netHeaderBytes;
  return KEPT_HEADERS.flatMap((name) => {
    const value = headers.get(name);
    const bytes = name.length + (value?.length ?? 0);
    if (value === null || bytes > room) return [];
    room -= bytes;
    return [[name, value] as [string, string]];
  });
}
