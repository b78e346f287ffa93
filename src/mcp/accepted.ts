/** What a caller can read, by its `Accept` (RFC 9110 12.5.1). MCP's clients must name both types of
 *  answer, but scripts, proxies and connectors send less, and get what they can read. */
import { parseAccept } from "@hono/hono/utils/accept";

export interface Accepted {
  /** One JSON object, or an array for a batch. */
  json: boolean;
  /** A stream of server-sent events. */
  stream: boolean;
  /** Whether the caller reads a stream only if it must. A caller that does not name the stream is
   *  taken for a script that parses the whole body as JSON. */
  prefersJson: boolean;
}

/** The `Accept` that the protocol prescribes. */
export const BOTH = "application/json, text/event-stream";

/** What that header, which most callers send, says. */
const PRESCRIBED: Accepted = { json: true, stream: true, prefersJson: false };

const MEDIA_RANGE = /^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+$/;

export function acceptedBy(header: string | null): Accepted {
  return header === BOTH ? PRESCRIBED : acceptedIn(header);
}

function acceptedIn(header: string | null): Accepted {
  const ranges = parseAccept(header ?? "")
    .map(({ type, q }) => ({ type: type === "*" ? "*/*" : type.toLowerCase(), q }))
    .filter(({ type }) => MEDIA_RANGE.test(type));
  if (ranges.length === 0) ranges.push({ type: "*/*", q: 1 });
  const quality = (...spellings: string[]) => {
    const found = spellings.map((spelling) => ranges.find(({ type }) => type === spelling));
    return found.find((range) => range !== undefined)?.q;
  };
  const json = quality("application/json", "application/*", "*/*") ?? 0;
  const named = quality("text/event-stream", "text/*");
  const stream = named ?? quality("*/*") ?? 0;
  return {
    json: json > 0,
    stream: stream > 0,
    prefersJson: json > 0 && (named === undefined || named < json),
  };
}
