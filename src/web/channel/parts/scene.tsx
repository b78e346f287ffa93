/** A channel as a page shows it: board, whose turn it is, log, members and referees. The same on
 *  the server and in the browser: see `board.tsx`. */
import type { ReadMessage } from "../../../domain/board/board.ts";
import type { Names } from "../../../domain/board/named.ts";
import { moveOf, type View } from "../../../domain/board/view.ts";
import { adminForms, rematchForms } from "./admin.tsx";
import { boardOfView } from "./board.tsx";
import { momentAddress } from "./moment_address.ts";
import { type OwnTurn, ownTurn } from "./own_turn.ts";
import { clocksOf, clockText } from "./clock.ts";
import { memberLine } from "./members.tsx";
import { namesOf, senderName, withFormer } from "./names.ts";
import { refereeCard } from "./referee.tsx";
import type { Scene } from "./scene_data.ts";
import { directionIn, saidIn } from "./said.ts";
import type { Clicks } from "./clicks.ts";
import { choicePart, pressableOn } from "./two_clicks.tsx";
import { handOverForm, moveForms, sayForm } from "./seat.tsx";

export function sceneParts(scene: Scene) {
  const { board, slots, bots, messages, seat, closed } = scene;
  const names = withFormer(namesOf(slots), messages);
  const turn = seat && !closed ? ownTurn(scene, seat.player_id) : null;
  const plays = turn !== null && turn.bot === board.bot;
  const clicks = plays && scene.clicks || null;
  const clocks = clocksOf(scene);
  return (
    <div class="scene">
      <section class="position" aria-label="Board">
        {boardOfView(board.view, names, plays, {
          seat: seat?.player_id ?? null,
          pressables: (row, column) => clicks && pressedOn(board.view, row, column, clicks),
        })}
        {clicks && choicePart(clicks)}
        <p class="turn" role="status">{turnText(scene, names, turn)}</p>
        {clocks && <p class="clock" role="timer">{clockText(clocks, names)}</p>}
        {seat && turn && moveForms(scene, seat, turn)}
      </section>
      <section class="said" aria-label="Log">
        <h2>Log</h2>
        {earlierLink(scene)}
        <ol class="log" tabindex={0}>{messages.map((message) => keptLine(message, names))}</ol>
        {seat && !closed && sayForm(scene, seat)}
        <p class="quiet">{scene.status}</p>
      </section>
      <section class="people" aria-label="Members">
        <div>
          <h2>Members</h2>
          <ul>{slots.map((slot) => memberLine(slot, seat?.player_id, clocks))}</ul>
          {seat && handOverForm(scene, seat)}
          {rematchForms(scene, names)}
          {adminForms(scene)}
        </div>
        <div>
          {bots.length > 0 && <h2>{bots.length > 1 ? "Referees" : "Referee"}</h2>}
          {bots.map((bot) => {
            const { address, query } = scene;
            return refereeCard(bot, `${address}/source/${encodeURIComponent(bot.bot_id)}${query}`);
          })}
        </div>
      </section>
    </div>
  );
}

/** Cells whose one click is the move are buttons of the form. */
function pressedOn(view: View, row: number, column: number, clicks: Clicks) {
  const move = "rows" in view ? moveOf(view, row, column) : undefined;
  if (!clicks.choice.from && move && "value" in move) return null;
  return pressableOn(view, row, column, clicks);
}

/** Where the entries are that the page does not show. */
function earlierLink(scene: Scene) {
  const { first, messages: [oldest] } = scene;
  if (!oldest || oldest.id <= first) return null;
  return (
    <p>
      <a href={momentAddress(scene, oldest.id - 1)}>Earlier entries</a>
    </p>
  );
}

/** Whose turn it is, in words; empty if the board does not say. `own` is the reader's own turn. */
export function turnText(
  { board, closed }: Pick<Scene, "board" | "closed">,
  names: Names,
  own: OwnTurn | null,
): string {
  if (closed) return "This channel is closed.";
  if (own) return "Your turn.";
  if (board.over) return "The game is over.";
  const turn = board.turn.map((id) => names[id] ?? id);
  return turn.length > 0 ? `${turn.join(", ")} to move.` : "";
}

const linesOf = new WeakMap<ReadMessage, { names: Names; line: ReturnType<typeof lineOf> }>();

/** The line that was drawn for a message before, so that a thousand old ones cost nothing when a
 *  new one comes. */
function keptLine(message: ReadMessage, names: Names) {
  const known = linesOf.get(message);
  if (known?.names === names) return known.line;
  const line = lineOf(message, names);
  linesOf.set(message, { names, line });
  return line;
}

/** A line of the log; `link` leads to the moment of its entry. */
export function lineOf(
  message: ReadMessage,
  names: Names,
  link?: { href: string; isHere: boolean },
) {
  const { id, sender, body, to } = message;
  const who = senderName(sender, names);
  return (
    <li value={id} data-by={sender === "system" ? "system" : undefined}>
      {link && (
        <a href={link.href} data-at={id} aria-current={link.isHere ? "true" : undefined}>
          {id}
        </a>
      )}
      {sender !== "system" && (
        <>
          <bdi>{who}</bdi>:{" "}
        </>
      )}
      {body === null
        ? <i>to others</i>
        : <bdi dir={directionIn({ ...message, body })}>{saidIn({ ...message, body }, names)}</bdi>}
      {to && body !== null && <i>{` (to ${to.map((each) => names[each] ?? each).join(", ")})`}</i>}
    </li>
  );
}
