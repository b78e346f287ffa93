/** A message in the few words that a player needs for its next step. The whole is in the log: a
 *  reader has it from `sync_messages`. Pure. */
import type { Json, JsonObject } from "../../kernel/json.ts";
import { botAttached, botDescribed } from "../announcements/bots.ts";
import { botEvidence, timerDue } from "../announcements/hooks.ts";
import { botsAnnounced, channelCreated } from "../announcements/opening.ts";
import { withoutView } from "../board/text_of.ts";
import { roundPublished } from "../announcements/randomness.ts";
import { SYSTEM } from "../transcript/transcript.ts";
import type { Message } from "./visibility.ts";

type Given = Pick<Message, "id" | "sender" | "body" | "to" | "withheld">;

type ShortMessage =
  & { id: number; sender: string; to?: string[] }
  & ({ body: JsonObject } | { withheld: true });

/** What a verifier needs of the server's entries, or what the player ids in them say as well. */
const FOR_VERIFIERS = new Set(["seed", "seeds", "salts", "slot_id", "label"]);
/** The server's entries that are nothing but that. */
const ONLY_FOR_VERIFIERS = new Set<Json | undefined>(
  [channelCreated, botsAnnounced, botDescribed, botEvidence, timerDue, roundPublished]
    .map(({ type }) => type),
);
/** What is left of the entry that announces a bot; `get_bot_code` has the rest. */
const OF_ATTACH = new Set(["type", "bot_id", "name"]);
/** What every post of a bot repeats, and what the answer has beside its messages. */
const OF_POSTS = new Set([
  "bot_id",
  "state_version",
  "state_hash",
  "position",
  "legal_moves",
  "ranges",
]);
/** What a move repeats for the sake of its referee. */
const OF_MOVES = new Set(["game", "answers"]);
/** The members of a word on turns that an answer says by itself. */
const OF_TURNS = new Set(["type", "player", "players", "turn_number"]);

/** The posts that are nothing but a word on how things stand. */
const STANDS = new Set<Json | undefined>(["bot:turn", "bot:state"]);

/** The posts by which a bot commits itself to a secret, and opens it. Of the latter, hashes, salts
 *  and secrets of more characters than this are for verifiers, too. */
const COMMITMENT = "bot:commit";
const REVEAL = "bot:reveal";
const REVEAL_CHARS = 60;

/** The messages of an answer in short. Of bots' words on how things stand, only the newest holds;
 *  `isTold` says whether the answer itself tells that. */
export function shortMessages(messages: readonly Given[], isTold: boolean): ShortMessage[] {
  const short = messages.flatMap((each) => shortMessage(each) ?? []);
  const newest = isTold ? -1 : short.findLastIndex(tellsTurn);
  return short.flatMap((each, i) => {
    if (!tellsTurn(each) || i === newest) return each;
    if (STANDS.has(each.body.type)) return [];
    return { ...each, body: kept(each.body, (name) => name !== "now") };
  });
}

/** Whether a message is a bot's word on how things stand. */
function tellsTurn(short: ShortMessage): short is ShortMessage & { body: JsonObject } {
  if (!isBot(short.sender) || !("body" in short)) return false;
  return STANDS.has(short.body.type) || short.body.now !== undefined;
}

/** The message in short; null when it is of no use for a player's next step. */
export function shortMessage({ id, sender, body, to, withheld }: Given): ShortMessage | null {
  const open = { id, sender, ...(to && { to }) };
  if (withheld || body === null) return { ...open, withheld: true };
  const short = sender === SYSTEM
    ? ofServer({ sender, body })
    : isBot(sender)
    ? ofBot(body)
    : body.type === "move"
    ? kept(body, (name) => !OF_MOVES.has(name))
    : body;
  return short && { ...open, body: short };
}

function ofServer(entry: { sender: string; body: JsonObject }): JsonObject | null {
  const { body } = entry;
  if (ONLY_FOR_VERIFIERS.has(body.type)) return null;
  if (botAttached.in(entry)) return kept(body, (name) => OF_ATTACH.has(name));
  return kept(body, (name) => !FOR_VERIFIERS.has(name));
}

function ofBot(body: JsonObject): JsonObject | null {
  if (body.type === COMMITMENT) return null;
  const isLong = (value: Json | undefined) =>
    typeof value === "string" && value.length > REVEAL_CHARS;
  const isProof = (name: string) => body.type === REVEAL && isLong(body[name]);
  const rest = kept(withoutView(body), (name) => !OF_POSTS.has(name) && !isProof(name));
  const { now } = rest;
  if (now !== null && typeof now === "object" && !Array.isArray(now)) {
    rest.now = kept(now, (name) => !OF_POSTS.has(name));
  }
  const isTurn = rest.type === "bot:turn" && Object.keys(rest).every((name) => OF_TURNS.has(name));
  return isTurn ? null : rest;
}

function isBot(sender: string): boolean {
  return sender.startsWith("bot:");
}

function kept(object: JsonObject, keeps: (name: string) => boolean): JsonObject {
  return Object.fromEntries<Json>(Object.entries(object).filter(([name]) => keeps(name)));
}
