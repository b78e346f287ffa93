/** The file of `--answers`: what sites answer to a bot, so that its games come again the same.
 *  docs/cli.md has the form. Pure. */
import * as z from "zod";
import { Certificate } from "../../domain/bot/evidence.ts";
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { JsonValue } from "../../kernel/json.ts";
import { BODY_HEADERS, type CourierResult, REDIRECTS } from "../../sandbox/wire/courier_task.ts";

const Fetched = z.strictObject({
  status: z.number().int().min(200).max(599).default(200),
  headers: z.record(z.string().toLowerCase().pipe(z.enum(BODY_HEADERS)), z.string()).optional(),
  json: JsonValue.optional(),
  text: z.string().optional(),
  base64: z.base64().optional(),
});
const Failing = z.strictObject({ fails: z.enum(["unreachable", "untrusted", "broken"]) });
const Certified = z.strictObject({
  verified: z.boolean(),
  error: z.string().optional(),
  chain: z.array(Certificate).min(1).max(10),
});
const FORM = "an answer has status, headers, and json, text or base64; or fails; or, of TLS, " +
  "verified and chain. docs/cli.md has the form";
const Answer = z.union([Fetched, Failing, Certified], { error: FORM });
const File = z.record(
  z.string(),
  z.union([Answer, z.array(Answer).min(1).max(1_000)], { error: FORM }),
  { error: "it must be a JSON object of requests and their answers" },
);

/** The answers to each request, such as `GET https://example.org/`, in their order; the last one
 *  stays. */
export type Answers = ReadonlyMap<string, readonly CourierResult[]>;

/** Throws an error for people. */
export function answersIn(text: string): Answers {
  const parsed = File.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const [{ path, message } = { path: [], message: "" }] = parsed.error.issues;
    throw new Error([...path.length > 0 ? [path.join(" ")] : [], message].join(": "));
  }
  return new Map(
    Object.entries(parsed.data).map(([name, given]) => {
      const key = keyIn(name);
      return [key, [given].flat().map((answer) => resultOf(key, answer))];
    }),
  );
}

/** The request as the bot's calls name it: without a fragment, and with a port only where it is not
 *  the usual one. */
function keyIn(name: string): string {
  const [, method, url = ""] = /^(GET|POST) (.+)$/.exec(name) ?? [];
  if (method !== undefined && URL.canParse(url)) return `${method} ${new URL(url).href}`;
  if (/^TLS [^\s:]+:\d+$/.test(name)) return name.replace(/ .+/, (rest) => rest.toLowerCase());
  throw new Error(
    `${name.slice(0, 80)} is no request: write GET https://…, POST https://… or TLS <host>:<port>`,
  );
}

function resultOf(key: string, answer: z.infer<typeof Answer>): CourierResult {
  if ("fails" in answer) return { kind: "failed", why: answer.fails };
  if (key.startsWith("TLS ") !== "chain" in answer) {
    throw new Error(`${key}: TLS takes verified and chain, and no other request does`);
  }
  if ("chain" in answer) {
    const { error, ...rest } = answer;
    return { kind: "certified", ...rest, ...(error !== undefined && { error }) };
  }
  const { status, headers = {}, json, text, base64 } = answer;
  const { location } = headers;
  if (REDIRECTS.includes(status) && location !== undefined) {
    return { kind: "moved", status, location };
  }
  if ([json, text, base64].filter((each) => each !== undefined).length > 1) {
    throw new Error(`${key}: give one of json, text and base64`);
  }
  const body = base64 !== undefined
    ? Uint8Array.fromBase64(base64)
    : new TextEncoder().encode(json === undefined ? text ?? "" : JSON.stringify(json));
  if (body.length > BOT_LIMITS.netAnswerBytes) return { kind: "failed", why: "large" };
  const type = json === undefined ? "text/plain; charset=utf-8" : "application/json";
  return {
    kind: "fetched",
    status,
    headers: Object.entries({ "content-type": type, ...headers }).toSorted(),
    body,
  };
}
