/** What is left of the players' time, as the referee's newest word on turns says it. */
import { deadlineIn, turnIn } from "../../../domain/board/turn_words.ts";
import type { Names } from "../../../domain/board/named.ts";
import type { Scene } from "./scene_data.ts";

/** In milliseconds, by player id; those who have the turn in `running`. */
export interface Clocks {
  running: Record<string, number>;
  waiting: Record<string, number>;
}

/** Null where nobody plays against the clock. */
export function clocksOf(
  { board, messages, now, closed }: Pick<Scene, "board" | "messages" | "now" | "closed">,
): Clocks | null {
  if (closed || board.over || board.bot === null) return null;
  const said = messages.findLast(({ sender, body, to }) =>
    sender === `bot:${board.bot}` && body && !to && turnIn(body, { next_player: Infinity })
  );
  if (!said?.body || said.ts === undefined) return null;
  const { clock } = said.body;
  const left = typeof clock === "object" && clock !== null ? Object.entries(clock) : [];
  const deadline = deadlineIn(said.body);
  const sinceMs = now - Date.parse(said.ts);
  const clocks: Clocks = { running: {}, waiting: {} };
  if (deadline !== undefined) {
    for (const player of board.turn) clocks.running[player] = Math.max(0, deadline - now);
  }
  for (const [player, seconds] of left) {
    if (typeof seconds !== "number") continue;
    if (!board.turn.includes(player)) clocks.waiting[player] = seconds * 1_000;
    else {
      const rest = Math.min(clocks.running[player] ?? Infinity, seconds * 1_000 - sinceMs);
      clocks.running[player] = Math.max(0, rest);
    }
  }
  return Object.keys({ ...clocks.running, ...clocks.waiting }).length > 0 ? clocks : null;
}

/** "2:40 left", or with names if several have the turn; empty if nobody has. */
export function clockText({ running }: Clocks, names: Names): string {
  const players = Object.entries(running);
  const [[, only] = []] = players;
  if (only !== undefined && players.length === 1) return `${timeText(only)} left`;
  return players.map(([id, ms]) => `${names[id] ?? id}: ${timeText(ms)} left`).join(", ");
}

/** "0:05", "2:40", "1:02:40". */
export function timeText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (each: number) => String(each).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
