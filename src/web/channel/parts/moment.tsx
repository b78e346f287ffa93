/** A channel as of one of its entries: the board, the steps to other entries, and the log up to
 *  this one. The same on the server and in the browser: see `board.tsx`. */
import type { Board, ReadMessage } from "../../../domain/board/board.ts";
import type { Names } from "../../../domain/board/named.ts";
import { boardOfView } from "./board.tsx";
import { momentAddress } from "./moment_address.ts";
import { lineOf, turnText } from "./scene.tsx";

export interface Moment {
  /** The entry whose moment this is, and the ones between which its reader steps. */
  at: number;
  first: number;
  last: number;
  /** The entries up to `at`, as many of them as one page shows; the board is made of these. */
  messages: readonly ReadMessage[];
  board: Board;
  names: Names;
  /** The address of the channel, and the query that its addresses need. */
  address: string;
  query: string;
}

export function positionPart(moment: Moment) {
  const { board, names, at, first, last } = moment;
  const steps: [text: string, to: number][] = [
    ["First", first],
    ["Previous", Math.max(first, at - 1)],
    ["Next", Math.min(last, at + 1)],
    ["Last", last],
  ];
  return (
    <section class="position" aria-label="Board">
      {boardOfView(board.view, names, false)}
      <p class="turn" role="status">{turnText({ board, closed: false }, names, null)}</p>
      {first <= last && (
        <nav class="actions" aria-label="Steps">
          {steps.map(([text, to]) => (
            <a class="button" href={momentAddress(moment, to)} data-at={to}>{text}</a>
          ))}
        </nav>
      )}
      <p class="quiet">Entry {at} of {last}.</p>
    </section>
  );
}

export function logPart(moment: Moment) {
  const { messages, names, at, first } = moment;
  const start = messages[0]?.id ?? first;
  const before = start - 1;
  return (
    <section class="said" aria-label="Log">
      <h2>Log</h2>
      {start > first && (
        <p>
          Board and log are made of the entries from {start} on.{" "}
          <a href={momentAddress(moment, before)} data-at={before}>Go to the entries before</a>
        </p>
      )}
      <ol class="log moments" tabindex={0}>
        {messages.map((message) => {
          const { id } = message;
          return lineOf(message, names, { href: momentAddress(moment, id), isHere: id === at });
        })}
      </ol>
    </section>
  );
}
