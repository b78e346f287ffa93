/** Requests to the server. Whatever keeps them from an answer is a `Failure` for the person. */
import { EXIT, Failure, messageOf } from "./exit_codes.ts";

/** How long an answer may take beyond what the call itself waits. */
const ANSWER_MS = 60_000;
/** Far more than any answer has. What listens there may send data without an end. */
const ANSWER_MB = 32;

export type JsonAnswer = Record<string, unknown>;

interface HttpOptions extends RequestInit {
  /** How long the server may wait before it answers. */
  waitMs?: number | undefined;
}

/** The answer of whatever listens there. */
export async function request(
  server: string,
  path: string,
  { waitMs = 0, ...init }: HttpOptions = {},
): Promise<Response> {
  const signals = [AbortSignal.timeout(ANSWER_MS + waitMs), ...init.signal ? [init.signal] : []];
  try {
    // A redirect would take the token to another address.
    return await fetch(`${server}${path}`, {
      ...init,
      redirect: "manual",
      signal: AbortSignal.any(signals),
    });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw unreachable(server, messageOf(error));
  }
}

/** The JSON object of an answer; undefined if it is another document. */
export async function jsonOf(server: string, response: Response): Promise<JsonAnswer | undefined> {
  let text: string;
  try {
    text = await textOf(response);
  } catch (error) {
    throw unreachable(server, messageOf(error));
  }
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const piece of body ?? []) {
    bytes += piece.length;
    if (bytes > ANSWER_MB * 2 ** 20) throw new Error(`its answer has more than ${ANSWER_MB} MiB`);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

export function unreachable(server: string, why: string): Failure {
  return new Failure(
    EXIT.unreachable,
    `Cannot reach a server at ${server}: ${why}. Start one with deno task start, or name yours with --server.`,
  );
}

/** What an answer that is no answer of this server's means. */
export function strange(server: string, { status }: Response): Failure {
  const isAway = status === 502 || status === 503 || status === 504;
  if (isAway) return unreachable(server, `what is before it answers ${status}`);
  return new Failure(
    EXIT.unreachable,
    `What answers at ${server} is no server of MCP Multiplayer (status ${status}). Name yours with --server.`,
  );
}
