/** The forms of ids, tokens and hashes, which callers paste together with quotes, sentences and
 *  links around them. */
import { Refusal } from "../../kernel/refusal.ts";

interface Form {
  /** Fits a text that is one value exactly as the server writes it, which most texts are. */
  exact?: RegExp;
  /** Finds every value of the form, exactly as the server writes it. */
  strict: RegExp;
  /** Finds what looks like one. */
  loose: RegExp;
  /** Whether a value is so long that it may be broken over lines, or escaped in a link. */
  long?: true;
  says: string;
  example: string;
  /** The canonical spelling of what was found; the same text if absent. */
  spelled?(found: string): string;
}

/** 16 bytes in base64url behind a prefix. A pasted one may stand between `_` or `-`. */
const token = (prefix: string) => ({
  exact: new RegExp(`^(?:${prefix})_[\\w-]{22}$`),
  strict: new RegExp(`(?<![a-z0-9])(?:${prefix})_[\\w-]{22}(?![a-z0-9])`, "gi"),
  loose: new RegExp(`(?<![a-z0-9])(?:${prefix})_[\\w-]+`, "gi"),
  long: true as const,
  spelled: (found: string) => found.replace(/^[a-z]+/i, (name) => name.toLowerCase()),
});

const hex = (prefix: string) => new RegExp(`(?<![0-9a-z])${prefix}[0-9a-f]{64}(?![0-9a-z])`, "gi");

export const FORMS = {
  channel: { ...token("chn"), says: "a channel id", example: "chn_AAAAAAAAAAAAAAAAAAAAAA" },
  invite: {
    ...token("inv|rejoin|host"),
    says: "an invite or a rejoin token",
    example: "inv_AAAAAAAAAAAAAAAAAAAAAA",
  },
  rejoin_token: {
    ...token("rejoin|host|spectate"),
    says: "a rejoin token",
    example: "rejoin_AAAAAAAAAAAAAAAAAAAAAA",
  },
  ticket: {
    ...token("ticket"),
    says: "a ticket",
    example: "ticket_AAAAAAAAAAAAAAAAAAAAAA",
  },
  challenge: {
    ...token("challenge"),
    says: "a challenge",
    example: "challenge_AAAAAAAAAAAAAAAAAAAAAA",
  },
  bot: {
    strict: /(?<![a-z0-9])bot_[a-z][a-z0-9_-]{0,39}_\d+(?![a-z0-9])/gi,
    loose: /(?<![a-z0-9])bot_[\w-]+/gi,
    says: "a bot's id",
    example: "bot_GuessBot_0",
  },
  player: {
    exact: /^p\d+$/,
    // Nothing but the id may stand there: "not p3" must not reach p3.
    strict: /^\W*(?:player[\s:_-]*)?(p\d+)\W*$/gi,
    loose: /^\W*(?:player[\s:_-]*)?(p\d+)\W*$/gi,
    says: "a player's id",
    example: "p1",
    spelled: (found) => /p\d+/i.exec(found)![0].toLowerCase(),
  },
  slot_id: {
    strict: /(?<![a-z0-9])s\d+(?![a-z0-9])/gi,
    loose: /(?<![a-z0-9])s\d+(?![a-z0-9])/gi,
    says: "a slot's id",
    example: "s1",
    spelled: (found) => found.toLowerCase(),
  },
  slot: {
    strict: /^\s*(?:bot|invite)\s*(?::[^]*)?$/gi,
    loose: /^\s*(?:bot|invite)\s*(?::[^]*)?$/gi,
    says: '"bot:<label>" or "invite:<label>"',
    example: "invite:alice",
    spelled: (found) => {
      const [, kind, label] = /^\s*(\w+)\s*(?::\s*([^]*?)\s*)?$/.exec(found)!;
      return label === undefined ? kind!.toLowerCase() : `${kind!.toLowerCase()}:${label}`;
    },
  },
  hash: {
    strict: hex("(?:sha-?256:)?"),
    loose: hex("(?:sha-?256:)?"),
    long: true,
    says: '"sha256:" and 64 hex digits',
    example: `sha256:${"0".repeat(64)}`,
    spelled: (found) => `sha256:${found.slice(-64).toLowerCase()}`,
  },
  salt: {
    strict: hex(""),
    loose: hex(""),
    long: true,
    says: "64 hex digits",
    example: "0".repeat(64),
    spelled: (found) => found.toLowerCase(),
  },
} satisfies Record<string, Form>;
export type FormName = keyof typeof FORMS;

/** Characters that nobody sees, and the backslashes of Markdown. */
const UNSEEN = /[\u00ad\u200b-\u200d\u2060\ufeff]|\\(?=[_-])/g;
/** A character of a link that stands in another link. */
const ESCAPED = /%[0-9a-f]{2}/gi;

/** The one value of a form in a text, or the trimmed text when there is none. A text with a NUL
 *  stays as it is, since nobody pastes one. Throws INVALID_REQUEST, which does not repeat the text,
 *  when there are several values. */
export function foundIn(text: string, name: FormName, where: string): string {
  const form: Form = FORMS[name];
  if (form.exact?.test(text) || text.includes("\0")) return text;
  const shown = text.replace(UNSEEN, "");
  const seen = form.long ? shown.replace(ESCAPED, " ") : shown;
  const joined = seen.replace(/\s+/g, "");
  const found = form.long && isOf(joined, name) ? [joined] : matches(seen, form.strict);
  const taken = found.length > 0 ? found : matches(seen, form.loose);
  const spelled = [...new Set(taken.map((each) => form.spelled?.(each) ?? each))];
  if (spelled.length > 1) {
    throw new Refusal(
      "INVALID_REQUEST",
      `${where}: the text has ${spelled.length} different values. Pass the one that is meant, ` +
        `such as ${JSON.stringify(form.example)}.`,
    );
  }
  return spelled[0] ?? (text.trim() || text);
}

/** Whether a whole text is one value of a form, with nothing around it but space. */
export function isOf(text: string, name: FormName): boolean {
  const [found, ...more] = matches(text.trim(), FORMS[name].strict);
  return more.length === 0 && found?.length === text.trim().length;
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([match]) => match);
}
