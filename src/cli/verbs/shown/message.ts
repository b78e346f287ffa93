/** A message of a channel as a line of the terminal: the words of its page, and what a player needs
 *  beside them. */
import type { Names } from "../../../domain/board/named.ts";
import { turnIn } from "../../../domain/board/turn_words.ts";
import { shortMessage } from "../../../domain/channel/short_message.ts";
import { SYSTEM } from "../../../domain/transcript/transcript.ts";
import { senderName } from "../../../web/channel/parts/names.ts";
import { saidIn } from "../../../web/channel/parts/said.ts";
import { type Output, styled } from "../../session/output.ts";
import type { Answer } from "../../session/session.ts";

/** The characters of what stands in a bot's message beside its type. */
const MORE_CHARS = 160;

export function showMessage(out: Output, message: Answer, names: Names): void {
  const { id, body, to } = message;
  const sender = String(message.sender);
  const said = body === null ? "(to others)" : wordsIn(message, names).replace(/\s+/g, " ");
  if (sender === SYSTEM) return out.line(styled("dim", `${id} ${said}`));
  const whom = to && body !== null
    ? ` (to ${to.map((each: string) => senderName(each, names)).join(", ")})`
    : "";
  out.line(styled("dim", `${id} `), styled("bold", senderName(sender, names)), `: ${said}${whom}`);
}

/** A board is shown beside the messages: of its message, what is said with it. */
function wordsIn(message: Answer, names: Names): string {
  const { sender, body } = message;
  const words = saidIn(message, names);
  if (!String(sender).startsWith("bot:")) return words;
  if (body.view !== undefined) {
    const isSaid = typeof body.text === "string" || turnIn(body, { next_player: Infinity });
    return isSaid ? words : "(the board)";
  }
  const short = typeof body.text === "string" ? null : shortMessage(message);
  if (!short || !("body" in short)) return words;
  const { type: _, ...rest } = short.body;
  const more = Object.entries(rest).map(([name, value]) =>
    `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`
  ).join(", ");
  return more === "" ? words : `${words}: ${[...more].slice(0, MORE_CHARS).join("")}`;
}
