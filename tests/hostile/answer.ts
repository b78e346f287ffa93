/** A server's answer, and its verdict in one line: the status, and the code of the answer's
 *  protocol. */

// deno-lint-ignore no-explicit-any -- the tests read any JSON from the wire
export type Wire = any;

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON, the last event's data of a stream, or undefined. */
  json: Wire;
}

export async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const text = await response.text();
  return { status, headers, text, json: jsonOf(text, headers) };
}

function jsonOf(text: string, headers: Headers): Wire {
  const type = headers.get("content-type") ?? "";
  try {
    if (/json/.test(type)) return JSON.parse(text);
    const events = [...text.matchAll(/^data: ?(.+)$/gm)];
    if (/event-stream/.test(type)) return JSON.parse(events.at(-1)?.[1] ?? "");
  } catch {
    // the body is not JSON, even if its content type says so
  }
  return undefined;
}

/** `400 invalid_grant`, `404 CHANNEL_NOT_FOUND`, `400 -32600`, `200 NOT_MEMBER` (a tool's refusal),
 *  `303 code`, `303 invalid_scope`, `400 page`, `200 ok`, `204`. */
export function verdictOf({ status, headers, json }: Answer): string {
  const said = redirectSays(headers) ?? jsonSays(json) ??
    (headers.get("content-type")?.includes("html") ? "page" : undefined);
  return said === undefined ? String(status) : `${status} ${said}`;
}

function redirectSays(headers: Headers): string | undefined {
  const location = headers.get("location");
  if (location === null) return undefined;
  const { searchParams } = new URL(location, "http://relative.invalid");
  return searchParams.get("error") ?? (searchParams.has("code") ? "code" : "elsewhere");
}

function jsonSays(json: Wire): string | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  if (json.error?.code !== undefined) return String(json.error.code);
  const refused = json.result?.isError ? json.result.content?.[0]?.text : undefined;
  if (refused !== undefined) return String(refused).split(":")[0];
  return json.error ?? json.code ?? "ok";
}

export function locationOf({ headers }: Answer): URL {
  return new URL(headers.get("location") ?? "about:blank");
}

export function parameterOf(answer: Answer, name: string): Wire {
  return locationOf(answer).searchParams.get(name);
}
