/** Who is in a channel. The same on the server and in the browser: see `board.tsx`. */
import { type Clocks, timeText } from "./clock.ts";
import type { Slot } from "./scene_data.ts";

export function memberLine(slot: Slot, you: string | undefined, clocks: Clocks | null) {
  const { kind, label, filled_by, display_name, last_seen } = slot;
  if (filled_by === null) {
    return (
      <li>
        {kind === "bot" ? "no referee" : "free seat"} {inBrackets(label)}
      </li>
    );
  }
  const who = display_name ?? filled_by.replace(/^bot:bot_(.+)_\d+$/, "$1");
  const waits = clocks?.waiting[filled_by];
  const facts = [
    kind === "bot" && "referee",
    filled_by === you && "you",
    kind === "invite" && slot.admin && "admin",
    slot.muted && "muted",
    last_seen && (last_seen === "now" ? "here now" : `seen ${last_seen}`),
    waits !== undefined && `${timeText(waits)} left`,
  ].filter((fact) => fact);
  return (
    <li>
      <bdi>{who}</bdi> {inBrackets(label)}
      {facts.length > 0 && <span class="quiet">{`: ${facts.join(", ")}`}</span>}
    </li>
  );
}

function inBrackets(text: string) {
  return (
    <span class="quiet">
      (<bdi>{text}</bdi>)
    </span>
  );
}
