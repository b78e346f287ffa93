/** What came back from a post or a move. */
import { CHANNEL_LIMITS } from "../../../domain/limits/channel.ts";
import { named, type Names } from "../../../domain/board/named.ts";
import { type Output, styled } from "../../session/output.ts";
import type { Answer, Session } from "../../session/session.ts";
import { showMessage } from "./message.ts";

/** How long a referee has for its word on a move. */
const VERDICT_MS = CHANNEL_LIMITS.hookMs;

/** Why nothing more is to be waited for. */
const ENDS: Record<string, string> = {
  your_turn: "Your turn.",
  addressed: "This is the answer.",
  over: "The game is over.",
  closed: "The channel is closed.",
  removed: "You no longer have a seat here.",
  timeout: "Nothing needs you yet.",
  stuck: "Its referee does not go on.",
};

/** Shows a move that did not wait, with what the referee says of it and the board after that. */
export async function showVerdict(
  out: Output,
  session: Session,
  access: { channel_id: string },
  { msg_id }: Answer,
): Promise<void> {
  out.line(`Posted as entry ${msg_id}.`);
  const verdict = await verdictOn(session, access, msg_id);
  if (verdict.length === 0) {
    return out.note("The referee has not said anything yet: see mcpmp watch.");
  }
  const { board, players } = await session.call("show_board", access);
  for (const message of verdict) showMessage(out, message, players);
  showBoard(out, board, players);
}

/** What bots say at once because of a post. */
async function verdictOn(
  session: Session,
  access: { channel_id: string },
  id: number,
): Promise<Answer[]> {
  const untilMs = Date.now() + VERDICT_MS;
  for (let cursor = id;;) {
    const timeout_ms = Math.max(0, untilMs - Date.now());
    const read = await session.call("sync_messages", { ...access, cursor, timeout_ms });
    cursor = read.cursor;
    // All that a hook says is committed at once.
    const verdict = read.messages.filter(({ cause }: Answer) => cause === id);
    if (verdict.length > 0 || timeout_ms === 0) return verdict;
  }
}

/** Shows the answer; after a wait, what came meanwhile and the board as it is now. */
export async function showCalled(
  out: Output,
  session: Session,
  access: { channel_id: string },
  answer: Answer,
): Promise<void> {
  const { msg_id, why, messages = [], legal_moves } = answer;
  if (msg_id !== undefined) out.line(`Posted as entry ${msg_id}.`);
  if (why === undefined) return;
  const { board, players } = why === "removed"
    ? { board: "", players: {} }
    : await session.call("show_board", access);
  for (const message of messages) showMessage(out, message, players);
  showBoard(out, board, players);
  out.line(styled("bold", ENDS[why] ?? why));
  if (!Array.isArray(legal_moves) || legal_moves.length === 0) return;
  out.line(`Legal moves: ${legal_moves.map(moveText).join(", ")}`);
}

/** A board between empty lines, with the names of the players in it. */
export function showBoard(out: Output, board: string, names: Names): void {
  if (board === "") return;
  out.line();
  for (const line of named(board, names).split("\n")) out.line(styled("cyan", `  ${line}`));
  out.line();
}

/** A move as the arguments of `mcpmp move`. */
function moveText({ action, value }: Answer): string {
  if (value === undefined) return String(action);
  return `${action} ${typeof value === "object" ? JSON.stringify(value) : value}`;
}
