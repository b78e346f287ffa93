/** A channel as a page shows it: board, whose turn it is, log, members and referees. The same on
 *  the server and in the browser: see `board.tsx`. */
import type { ReadMessage } from "../../../domain/board/board.ts";
import type { Names } from "../../../domain/board/named.ts";
import { boardOfView } from "./board.tsx";
import { momentAddress } from "./moment_address.ts";
import { type OwnTurn, ownTurn } from "./own_turn.ts";
import type { Referee, Scene, Slot } from "./scene_data.ts";
import { handOverForm, moveForms, sayForm } from "./seat.tsx";

export function sceneParts(scene: Scene) {
  const { board, slots, bots, messages, seat, closed } = scene;
  const names = namesOf(slots);
  const turn = seat && !closed ? ownTurn(scene, seat.player_id) : null;
  return (
    <div class="scene">
      <section aria-label="Board">
        {boardOfView(board.view, names, turn !== null && turn.bot === board.bot)}
        <p class="turn" role="status">{turnText(scene, names, turn)}</p>
        {seat && turn && moveForms(scene, seat, turn)}
      </section>
      <section aria-label="Log">
        <h2>Log</h2>
        {earlierLink(scene)}
        <ol class="log" tabindex={0}>{messages.map((message) => keptLine(message, names))}</ol>
        {seat && !closed && sayForm(scene, seat)}
        <p class="quiet">{scene.status}</p>
      </section>
      <section aria-label="Members">
        <h2>Members</h2>
        <ul>{slots.map(slotOf)}</ul>
        {seat && handOverForm(scene, seat)}
        {bots.length > 0 && <h2>{bots.length > 1 ? "Referees" : "Referee"}</h2>}
        {bots.map((bot) => refereeOf(bot, scene))}
      </section>
    </div>
  );
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

const namesIn = new WeakMap<readonly Slot[], Names>();

/** The names of those who sit in slots, by player id; for the same slots the same object. */
export function namesOf(slots: readonly Slot[]): Names {
  const known = namesIn.get(slots);
  if (known) return known;
  const names = Object.fromEntries(
    slots.flatMap(({ filled_by, display_name }) =>
      filled_by && display_name ? [[filled_by, display_name]] : []
    ),
  );
  namesIn.set(slots, names);
  return names;
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
  { id, sender, body, to }: ReadMessage,
  names: Names,
  link?: { href: string; isHere: boolean },
) {
  const who = names[sender] ?? sender.replace(/^bot:bot_(.+)_\d+$/, "$1");
  return (
    <li value={id} data-by={sender === "system" ? "system" : undefined}>
      {link && (
        <a href={link.href} data-at={id} aria-current={link.isHere ? "true" : undefined}>
          {id}
        </a>
      )}
      <bdi>{who}</bdi>: {body === null ? <i>to others</i> : <bdi>{said(body)}</bdi>}
      {to && body !== null && <i>(to {to.map((each) => names[each] ?? each).join(", ")})</i>}
    </li>
  );
}

/** The characters of a message that a line shows. */
const LINE_CHARS = 2_000;

function said(body: Record<string, unknown>): string {
  const { type, text, action, value } = body;
  const words = typeof text === "string"
    ? text
    : type === "move"
    ? `${action} ${typeof value === "object" ? JSON.stringify(value) : value ?? ""}`
    : typeof type === "string"
    ? type
    : JSON.stringify(body);
  const characters = [...words.slice(0, 2 * LINE_CHARS)];
  if (characters.length <= LINE_CHARS) return words;
  return `${characters.slice(0, LINE_CHARS).join("")}…`;
}

function slotOf({ kind, label, filled_by, display_name, last_seen }: Slot) {
  const who = display_name ??
    (kind === "bot" ? filled_by?.replace(/^bot:bot_(.+)_\d+$/, "$1") : null);
  return (
    <li>
      <bdi>{who ?? "free"}</bdi>
      <span class="quiet">({label}{last_seen && `, seen ${last_seen}`})</span>
    </li>
  );
}

function refereeOf({ bot_id, name, summary, code_hash, net, ended }: Referee, scene: Scene) {
  const { address, query } = scene;
  return (
    <dl class="facts">
      <dt>{ended ? "Referee, has ended" : "Referee"}</dt>
      <dd>
        <bdi>{name}</bdi>: <bdi>{summary}</bdi>
      </dd>
      <dt>Source</dt>
      <dd>
        <a href={`${address}/source/${encodeURIComponent(bot_id)}${query}`}>read it</a>, SHA-256
        {" "}
        <code title={code_hash}>{code_hash.replace("sha256:", "").slice(0, 8)}</code>
      </dd>
      <dt>Network</dt>
      <dd>{net.length === 0 ? "none" : net === "public" ? "any public host" : net.join(", ")}</dd>
    </dl>
  );
}
