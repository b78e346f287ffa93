/** Arguments that a tool does not have. Most are noise, which the answer names. Two kinds are
 *  refused, because to go on without them would do what the caller did not mean: a wish for privacy
 *  that the tool cannot grant, since nobody can take an entry back, and a misspelt argument. */
import type * as z from "zod";
import { HTTP_LIMITS } from "../../domain/limits/http.ts";
import { typingErrors } from "../../kernel/near_miss.ts";
import { Refusal } from "../../kernel/refusal.ts";
import { type Fields, plain, typeOf } from "./argument_type.ts";
import { jsonIn } from "./json_text.ts";

/** A word by which a name asks that only some may read. */
const PRIVATE =
  /^(?:private(?:ly)?|privacy|visib(?:le|ility)|whispers?|secret(?:ly)?|hid(?:e|den)|confidential|dms?|audience|recipients?|addressees?|readers|viewers|b?cc|undisclosed)$/;
/** Whole names that ask for it by words which alone do not: `reply_to` does not. */
const ADDRESSED =
  /^(?:to|for|except(?:for)?|exclude|notto|without|only(?:to|for)?|(?:send|show|deliver|addressed|limit|restrict(?:ed)?)to|sharewith|restricted|to(?:player|user|member|slot|seat|agent)s?(?:ids?)?)$/;

/** The name of an argument in an answer: callers choose it. */
export function shownName(name: string): string {
  const most = HTTP_LIMITS.argumentNameChars;
  const clean = name.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
  return clean.length > most ? `${clean.slice(0, most).toWellFormed()}…` : clean;
}

/** Refuses a wish for privacy on a call that writes, unless `given` grants it. */
export function refusePrivate(
  path: string,
  name: string,
  value: unknown,
  given: Record<string, unknown>,
  { shape }: z.ZodObject,
): void {
  const inner = jsonIn(value, "object") ?? {};
  if (!asks(name, value) && !Object.entries(inner).some((each) => asks(...each))) return;
  const addressed = Object.hasOwn(shape, "to") && !typeOf(shape.to as z.ZodType).hints.refereed;
  if (addressed && given.to !== undefined) return;
  if (
    Object.hasOwn(shape, "visibility") && given.visibility !== "public" && isSwitch(name, value)
  ) {
    return;
  }
  throw new Refusal(
    "INVALID_REQUEST",
    addressed
      ? `${path} alone does not keep the message from anybody, and nothing was sent. Name the ` +
        'players who may read it in `to`, such as to: ["p1"].'
      : `${path}: this tool cannot keep anything from the others, and nothing was done. Omit it ` +
        "if everyone may see the result. To whisper to players, call post_message with `to`.",
  );
}

/** Whether an argument asks that only some may read, by its name or, as `mode: "private"` does, by
 *  its value alone. */
function asks(name: string, value: unknown): boolean {
  if (isWish(name)) return !asksNothing(value);
  return typeof value === "string" && PRIVATE.test(plain(value.trim()));
}

/** Whether a name asks that only some may read. */
export function isWish(name: string): boolean {
  if (ADDRESSED.test(plain(name))) return true;
  return wordsOf(name).some((word) => PRIVATE.test(word));
}

/** A switch such as `private: true` or `mode: "private"`, which a private channel grants. */
function isSwitch(name: string, value: unknown): boolean {
  if (typeof value === "string" && plain(value.trim()) === "private") return true;
  return /^(?:is|make)?private(?:channel|room)?$/.test(plain(name)) &&
    /^(?:true|yes|on|1)$/.test(plain(`${value}`.trim()));
}

/** Whether a value says that its caller does not ask for privacy. */
export function asksNothing(value: unknown): boolean {
  if (!value || Array.isArray(value) && value.length === 0) return true;
  return typeof value === "string" &&
    /^\W*(?:|false|no|none|null|public|everyone|everybody|all|\*)\W*$/i.test(value);
}

/** Refuses a name that is nearly that of an argument which the call lacks. */
export function refuseMistaken(
  path: string,
  name: string,
  value: unknown,
  given: Record<string, unknown>,
  fields: Fields,
): void {
  if (value === null || value === undefined || value === "") return;
  const near = fields.map(([field]) => field)
    .find((field) => !Object.hasOwn(given, field) && isNear(name, field));
  if (near === undefined) return;
  throw new Refusal("INVALID_REQUEST", `${path} is no argument. Pass ${near} if you mean that.`);
}

/** Whether a name is part of another one, as `timeout` is of `timeout_ms`, or a few letters off. */
function isNear(name: string, field: string): boolean {
  const words = wordsOf(name);
  const whole = wordsOf(field);
  if (words.length < whole.length && words.every((word) => whole.includes(word))) return true;
  const most = field.length < 5 ? 1 : 2;
  const [said, known] = [plain(name), plain(field)];
  return field.length > 2 && Math.abs(said.length - known.length) <= most &&
    typingErrors(said, known) <= most;
}

function wordsOf(name: string): string[] {
  return name.replace(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z\d]+/).filter(
    Boolean,
  );
}
