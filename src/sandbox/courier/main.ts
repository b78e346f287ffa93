/** The courier: a Worker that performs the network requests of bots for the main thread of a host.
 *  Its only permission is to reach the hosts that one bot declares. It runs no bot code, stores no
 *  cookies and reuses no connection. It uses IPv4 only, because the host's `--deny-net`
 *  lists no IPv6 networks. */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import {
  BODY_HEADERS,
  type CourierResult,
  type CourierSetup,
  type CourierTask,
  failureOf,
  REDIRECTS,
} from "../wire/courier_task.ts";

const NO_BYTES = new Uint8Array();

self.onmessage = ({ data }: MessageEvent<CourierSetup>) => {
  const { caCerts } = data;
  const client = Deno.createHttpClient({
    // Binding to an IPv4 address restricts the socket to IPv4.
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
// Messages to a Worker whose modules are still loading are lost, so the Worker sends the first one.
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
  return { kind: "fetched", status, headers: bodyHeaders(response.headers), body: bytes };
}

/** Reads a body up to the limit, counted after decompression. */
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

function bodyHeaders(headers: Headers): [string, string][] {
  let room = BOT_LIMITS.netHeaderBytes;
  return BODY_HEADERS.flatMap((name) => {
    const value = headers.get(name);
    const bytes = name.length + (value?.length ?? 0);
    if (value === null || bytes > room) return [];
    room -= bytes;
    return [[name, value] as [string, string]];
  });
}
