/** What a message of the log says, in words for people. The log itself, which exports have, is what
 *  programs read. */
import type { ReadMessage } from "../../../domain/board/board.ts";
import { directionOf, isolated, named, type Names } from "../../../domain/board/named.ts";
import { turnIn } from "../../../domain/board/turn_words.ts";
import type { Json } from "../../../kernel/json.ts";
import { botName } from "./names.ts";

type Body = NonNullable<ReadMessage["body"]>;
/** A member of a body that the server has written, or nothing. */
type Read = (member: string) => string;

/** The characters of a message that a line shows. */
const LINE_CHARS = 2_000;

export function saidIn({ sender, body }: ReadMessage & { body: Body }, names: Names): string {
  const words = sender === "system"
    ? systemWords(body, names)
    : sender.startsWith("bot:")
    ? botWords(body, names)
    : wordsOf(body);
  const characters = [...words.slice(0, 2 * LINE_CHARS)];
  if (characters.length <= LINE_CHARS) return words;
  return `${characters.slice(0, LINE_CHARS).join("")}…`;
}

/** The direction of what is said: of a bot's words, that of its own and not of the names in them.
 *  Undefined where the words themselves say it. */
export function directionIn({ sender, body }: ReadMessage & { body: Body }) {
  if (sender === "system") return "ltr";
  if (!sender.startsWith("bot:")) return undefined;
  return turnIn(body, { next_player: Infinity }) ? "ltr" : directionOf(wordsOf(body));
}

function wordsOf(body: Body): string {
  const { type, text, action, value } = body;
  if (typeof text === "string") return text;
  if (type !== "move") {
    return typeof type === "string" ? type.replaceAll(/[:_]/g, " ") : JSON.stringify(body);
  }
  return `${action} ${value === undefined ? "" : valueWords(value)}`;
}

/** The value of a move, without the marks of JSON around what is simple. */
export function valueWords(value: Json): string {
  if (typeof value !== "object" || value === null) return String(value);
  const members = Object.entries(value);
  const isNested = members.some(([, each]) => typeof each === "object" && each !== null);
  if (isNested || members.length === 0) return JSON.stringify(value);
  if (Array.isArray(value)) return value.join(", ");
  return members.map(([name, each]) => `${name} ${each}`).join(", ");
}

/** A turn is on the board already. */
function botWords(body: Body, names: Names): string {
  const turn = turnIn(body, { next_player: Infinity });
  if (turn === null) return named(wordsOf(body), names);
  return `${turn.map((id) => names[id] ?? id).join(", ") || "nobody"} to move.`;
}

function systemWords(body: Body, names: Names): string {
  const { type, op } = body;
  const read = (from: unknown): Read => (member) => {
    const value = typeof from === "object" && from !== null && member in from
      ? (from as Body)[member]
      : undefined;
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const [of, opOf] = [read(body), read(op)];
  const who = (id: string) => names[id] ?? (id === "host" ? "the host" : id);
  const say = typeof type === "string" && Object.hasOwn(EVENTS, type) ? EVENTS[type] : undefined;
  if (say) return say(of, who);
  const change = Object.hasOwn(CHANGES, opOf("type")) ? CHANGES[opOf("type")] : undefined;
  if (change) {
    const reason = opOf("reason");
    const by = of("by");
    const does = change(opOf, who, (op as Body).muted !== false);
    const actor = by === "server"
      ? "The server"
      : by === "host"
      ? "The host"
      : who(by) || "An admin";
    return `${actor} ${does}` +
      (reason ? `: ${reason}` : ".");
  }
  return String(type ?? JSON.stringify(body)).replaceAll(/[:_]/g, " ");
}

type Who = (id: string) => string;

const EVENTS: Record<string, (of: Read, who: Who) => string> = {
  channel_created: () => "The channel is created.",
  bots_announced: () => "Its referees are announced.",
  "bot:attach": (of) => `${of("name")} takes its place. Its source is public.`,
  "bot:manifest": () => "What it declares of itself.",
  "bot:detach": (of) => `${of("name") || of("bot_id")} is removed, and its seed is public.`,
  "bot:failed": (of) => {
    const [line, message] = [of("line"), of("message")];
    return `${botName(of("bot_id"))} failed in ${of("hook")}${
      line && ` at line ${line}`
    }, and the ` +
      `hook has no effect (${of("reason")})${message && `: ${message}`}`;
  },
  "bot:timer": (of) => `The timer "${of("name")}" of ${botName(of("bot_id"))} comes due.`,
  "bot:evidence": (of) =>
    `${botName(of("bot_id"))} asked the web. The server has recorded what it got.`,
  "bot:paused": (of) => of("text"),
  "bot:budget_spent": (of) => of("text"),
  "bot:end": () => "The game is over, and the referee's seed is public.",
  member_joined: (of) => `${isolated(of("display_name"))} joins.`,
  member_left: (of, who) =>
    of("reason") === "banned"
      ? `${isolated(of("display_name"))} is banned by ${who(of("by"))}.`
      : of("reason") === "removed"
      ? `${isolated(of("display_name"))} is removed by ${who(of("by"))}.`
      : `${isolated(of("display_name"))} leaves.`,
  member_renamed: (of) => `${of("player_id")} is called ${isolated(of("display_name"))} now.`,
  member_rejoined: (of, who) => `${who(of("player_id"))} goes on from another place.`,
  rematch_asked: (of, who) => `${who(of("player_id"))} asks for a rematch.`,
  close_asked: (of, who) => `${who(of("player_id"))} asks to close the channel.`,
};

const CHANGES: Record<string, (of: Read, who: Who, isOn: boolean) => string> = {
  rename: (of) => `calls the channel "${isolated(of("name"))}"`,
  kick: (of, who) => `removes ${who(of("player_id"))}`,
  ban: (of, who) => `bans ${who(of("player_id"))}`,
  unban: (of, who) => `lifts the ban of ${who(of("player_id"))}`,
  mute: (of, who, isOn) =>
    isOn ? `mutes ${who(of("player_id"))}` : `unmutes ${who(of("player_id"))}`,
  new_invite: () => "makes a new invite",
  revoke_invite: () => "makes an invite void",
  add_slot: (of) => `adds a seat, ${isolated(of("label"))}`,
  yield_slot: () => "empties a slot",
  set_bot: () => "brings another referee",
  set_admin: () => "says who is an admin",
  pause_bot: () => "pauses a referee",
  resume_bot: () => "lets a referee go on",
  remove_bot: () => "removes a referee",
  set_visibility: (of) => `makes the channel ${of("visibility") || "open to others"}`,
  set_spectators: (of) => `says who may watch: ${SPECTATORS[of("who")] ?? of("who")}`,
  close: () => "closes the channel",
  delete: (of) => `has the channel deleted at ${of("at")}`,
};

const SPECTATORS: Record<string, string> = {
  off: "nobody",
  link: "whoever has the link",
  public: "whoever knows the channel",
};
