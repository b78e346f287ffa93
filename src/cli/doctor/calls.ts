/** Checks by real calls: a channel is made for them, and closed. */
import { Failure, messageOf } from "../session/exit_codes.ts";
import type { Session } from "../session/session.ts";
import { bad, type Finding, good } from "./address.ts";

/** Tokens and signatures are off by no more than this in good order. */
const CLOCK_MS = 30_000;
/** The first event is sent at once and the answer after the wait. If they come within so much of
 *  it, the first one was held back. */
const HELD_BACK = 0.1;

/** `waitMs`: how long the calls wait. Two wait at the same time. */
export async function* callChecks(session: Session, waitMs: number): AsyncGenerator<Finding> {
  try {
    yield await clock(session);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return yield bad("sign-in", error.message);
  }
  const { channel_id, invites } = await session.call("create_channel", {
    name: "mcpmp doctor",
    slots: ["invite:doctor"],
  });
  try {
    await session.call("join_channel", { invite_code: invites[0] });
    const { cursor } = await session.call("sync_messages", { channel_id, timeout_ms: 0 });
    const read = { channel_id, cursor, timeout_ms: waitMs };
    yield* await Promise.all([waits(session, read), streams(session, read)]);
  } finally {
    await session.call("update_channel", { channel_id, ops: [{ type: "close" }] });
  }
}

async function clock(session: Session): Promise<Finding> {
  const check = "clock";
  const before = Date.now();
  const { time } = await session.call("health_check", {});
  const off = Date.parse(time) - (before + Date.now()) / 2;
  if (Math.abs(off) <= CLOCK_MS) return good(check, "It shows the same time as this machine's.");
  const seconds = Math.round(Math.abs(off) / 1000);
  return bad(
    check,
    `The server's clock is ${seconds} seconds ${off > 0 ? "ahead of" : "behind"} this machine's. ` +
      "With a wrong clock, people cannot sign in and receivers refuse events: set both by NTP.",
  );
}

interface Read {
  channel_id: string;
  cursor: number;
  timeout_ms: number;
}

const JSON_TYPE = { "content-type": "application/json" };

/** A call that waits has to end by the server's answer, not by a proxy's patience. */
async function waits(session: Session, read: Read): Promise<Finding> {
  const waitMs = read.timeout_ms;
  const begun = performance.now();
  let cut: string;
  try {
    const sent = { headers: JSON_TYPE, body: JSON.stringify(read) };
    const response = await session.post("/sync_messages", sent, { waitMs });
    await response.body?.cancel();
    if (response.ok) return good("waiting", `A call can wait for ${waitMs / 1000} seconds.`);
    cut = `the answer is ${response.status}`;
  } catch (error) {
    cut = messageOf(error);
  }
  return bad(
    "waiting",
    `A call that waits was cut off after ${secondsSince(begun)} seconds: ${cut}. Let each proxy ` +
      "wait 60 seconds or more for an answer: nginx by proxy_read_timeout, a load balancer by its " +
      "idle timeout.",
  );
}

function secondsSince(begun: number): string {
  return ((performance.now() - begun) / 1000).toFixed(1);
}

/** The server sends an event at once, and its answer when the wait is over. */
async function streams(session: Session, read: Read): Promise<Finding> {
  const check = "events";
  const params = { name: "sync_messages", arguments: read, _meta: { progressToken: 1 } };
  const begun = performance.now();
  try {
    const response = await session.post("/mcp", {
      headers: {
        ...JSON_TYPE,
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2025-06-18",
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }),
    }, { waitMs: read.timeout_ms });
    const type = response.headers.get("content-type") ?? "";
    let firstAt: number | undefined;
    let text = "";
    for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
      firstAt ??= performance.now();
      text += piece;
    }
    const apartMs = performance.now() - firstAt!;
    if (!response.ok || !type.startsWith("text/event-stream") || !/"result"/.test(text)) {
      return bad(check, `A call of MCP is answered with ${response.status} ${type}.`);
    }
    if (apartMs > read.timeout_ms * HELD_BACK) return good(check, "They come at once.");
    return bad(
      check,
      `A proxy held back an event for ${secondsSince(begun)} seconds. Switch off its ` +
        "buffering and compression of text/event-stream: nginx by proxy_buffering off.",
    );
  } catch (error) {
    const after = secondsSince(begun);
    return bad(check, `A stream broke off after ${after} seconds: ${messageOf(error)}.`);
  }
}
