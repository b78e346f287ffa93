/** A bot as somebody wrote it, what is said to it, and what its author meant. The rows rest on
 *  docs/bots.md alone: an author can't read the sandbox's source. */

export interface Row {
  name: string;
  language: "javascript" | "typescript" | "python";
  source: string;
  /** `bot_name` and `bot_params`, as `create_channel` takes them. */
  bot?: { name?: string; params?: Record<string, unknown> };
  /** How many players sit in the channel: p1, p2, …. One if not given. */
  players?: number;
  /** In order. The bot has answered each before the next. */
  says: readonly Step[];
  means: Meaning;
}

/** Something that player p1 says, or what another player does. */
export type Step = Words | By | Leaves;

type Words = string | Record<string, unknown>;

export class By {
  constructor(readonly player: number, readonly body: Words) {}
}

export class Leaves {
  constructor(readonly player: number) {}
}

export const by = (player: number, body: Words) => new By(player, body);
export const leaves = (player: number) => new Leaves(player);

/** What the bot posts and where it fails, in order; or why the server refuses it. `or` is what a
 *  careful author would take as well. */
export type Meaning = { posts: readonly Expected[]; or?: Meaning } | { refused: RegExp };

/** The body of a post to everyone: a text, a whole body, or a pattern of its JSON. */
export type Expected =
  | string
  | RegExp
  | Record<string, unknown>
  | Whispered
  | Failed;

class Whispered {
  constructor(readonly to: readonly string[], readonly body: Exclude<Expected, Whispered>) {}
}

class Failed {
  constructor(readonly words: RegExp, readonly at: string | undefined) {}
}

export type { Failed, Whispered };

/** A post that only some players get. */
export const whisper = (to: readonly string[], body: Exclude<Expected, Whispered>) =>
  new Whispered(to, body);

/** A `bot:failed` entry with these words, and with the line of the source that has `at` in it. */
export const failed = (words: RegExp, at?: string) => new Failed(words, at);

export const posts = (...expected: Expected[]): Meaning => ({ posts: expected });
export const refused = (words: RegExp): Meaning => ({ refused: words });

/** A source as it stands between the backticks, but for the backticks and `${` of its own. Its
 *  first line is the one after the opening backtick. */
export function code({ raw }: TemplateStringsArray): string {
  return raw[0]!.replace(/^\n/, "").replaceAll("\\`", "`").replaceAll("\\${", "${");
}

/** Whether a thing that a bot said or failed is what was expected; else what is wrong. */
export function difference(said: Said, expected: Expected, source: string): string | undefined {
  const shown = `got ${JSON.stringify(said)}`;
  if (expected instanceof Failed) {
    if (said.failed === undefined) return `expected a failure ${expected.words}, ${shown}`;
    if (!expected.words.test(JSON.stringify(said.failed))) {
      return `expected words ${expected.words}, ${shown}`;
    }
    if (expected.at === undefined) return undefined;
    const line = source.split("\n").findIndex((text) => text.includes(expected.at!)) + 1;
    return said.failed.line === line ? undefined : `expected line ${line}, ${shown}`;
  }
  if (said.failed !== undefined) return `expected ${shownOf(expected)}, ${shown}`;
  const to = expected instanceof Whispered ? expected.to : undefined;
  const body = expected instanceof Whispered ? expected.body : expected;
  if (JSON.stringify(said.to?.toSorted()) !== JSON.stringify(to?.toSorted())) {
    return `expected it to ${to ?? "all"}, ${shown}`;
  }
  if (body instanceof Failed) return "a failure is told to all";
  if (body instanceof RegExp) {
    return body.test(JSON.stringify(said.body)) ? undefined : `expected ${body}, ${shown}`;
  }
  const whole = typeof body === "string" ? { text: body } : body;
  return sorted(whole) === sorted(said.body)
    ? undefined
    : `expected ${JSON.stringify(whole)}, ${shown}`;
}

/** An entry of the bot itself, or about its failure. */
export interface Said {
  body?: Record<string, unknown>;
  to?: readonly string[] | undefined;
  failed?: { reason?: unknown; message?: unknown; line?: unknown };
}

export function shownOf(expected: Expected): string {
  if (expected instanceof Failed) return `a failure ${expected.words}`;
  if (expected instanceof Whispered) return `a whisper to ${expected.to}`;
  return expected instanceof RegExp ? String(expected) : JSON.stringify(expected);
}

/** JSON whose keys are in order, however deep. */
function sorted(value: unknown): string {
  return JSON.stringify(
    value,
    (_, part) =>
      part !== null && typeof part === "object" && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => a < b ? -1 : 1))
        : part,
  );
}
