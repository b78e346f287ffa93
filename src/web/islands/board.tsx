/** The board app in a chat: draws the answer of `show_board`, plays at a click, and asks for what
 *  has come since as long as somebody sees it. What it shows is what the seat of the call may read.
 *  Its host is the AI client, which frames it. */
import { render } from "preact";
import type { Names } from "../../domain/board/named.ts";
import { cellName, moveOf, type MoveValue, type View } from "../../domain/board/view.ts";
import { boardOfView, type Pressable } from "../channel/parts/board.tsx";
import { Host, type HostContext, type ToolResult } from "./board/host.ts";

/** An answer of `show_board`. */
interface Seen {
  view: View;
  players: Names;
  turn: string[];
  over: boolean;
  you: string | null;
  move?: { game: string; action: string; answers: number };
  cursor: number;
}

interface Shown {
  seen?: Seen;
  /** The first cell of a move of two, and where it leads. */
  from?: { name: string; to: Record<string, MoveValue[]> } | undefined;
  /** The moves from which the player has to choose. */
  choices: MoveValue[];
  /** Whether a move is on its way. */
  isSending: boolean;
  /** What went wrong. */
  fault: string;
}

const SOONEST_MS = 2_500;
const LATEST_MS = 15_000;
/** A referee answers a move about this soon. */
const JUDGED_MS = 400;
const MOST_HEIGHT = 500;

const root = document.getElementById("board")!;
const shown: Shown = { choices: [], isSending: false, fault: "" };
let address: Record<string, unknown> = {};
let waitMs = SOONEST_MS;
let timer: number | undefined;
let isInView = true;
let isOver = false;
/** The row and column of the cell that had the focus last. */
let lastPlace: [number, number] | undefined;

const host = new Host({
  input({ channel_id, rejoin_token }) {
    address = { channel_id, ...rejoin_token !== undefined && { rejoin_token } };
    askAfter(waitMs);
  },
  result: take,
  context,
  end() {
    isOver = true;
    clearTimeout(timer);
  },
});

function context({ theme, styles }: HostContext): void {
  if (theme) document.body.style.colorScheme = theme;
  for (const [name, value] of Object.entries(styles?.variables ?? {})) {
    if (name.startsWith("--") && value) {
      document.body.style.setProperty(name, value);
    }
  }
}

// The board
// -------------------------------------------------------------------------------------------------

function draw(change: Partial<Shown>): void {
  Object.assign(shown, change);
  const { seen, choices, fault } = shown;
  lastPlace = placeOf(document.activeElement) ?? lastPlace;
  render(
    <>
      {seen && boardOfView(seen.view, seen.players, false, { seat: seen.you, pressables })}
      {choices.length > 0 && (
        <p role="group" aria-label="Which move?">
          {choices.map((value) => (
            <button
              type="button"
              onClick={() => play(value)}
            >
              {value}
            </button>
          ))}
        </p>
      )}
      <p class="turn" role="status">{fault || turnText()}</p>
    </>,
    root,
  );
  // Who plays by keys goes on from the same cell.
  const isLost = document.hasFocus() &&
    document.activeElement === document.body;
  if (isLost && lastPlace) buttonAt(...lastPlace)?.focus();
}

/** The row and column of the cell that an element stands in. */
function placeOf(element: Element | null): [number, number] | undefined {
  const cell = element?.closest("td");
  return cell ? [(cell.parentElement as HTMLTableRowElement).rowIndex, cell.cellIndex] : undefined;
}

function cellAt(row: number, column: number): HTMLTableCellElement | undefined {
  return root.querySelector("table")?.rows[row]?.cells[column];
}

function buttonAt(
  row: number,
  column: number,
): HTMLButtonElement | null | undefined {
  return cellAt(row, column)?.querySelector("button");
}

function turnText(): string {
  const { seen, isSending } = shown;
  if (!seen) return "";
  if (isSending) return "Your move is on its way.";
  const { over, turn, you, players } = seen;
  if (over) return "The game is over.";
  if (you !== null && turn.includes(you)) return "Your move.";
  return turn.length > 0 ? `${turn.map((id) => players[id] ?? id).join(", ")} to move.` : "";
}

function pressables(row: number, column: number): Pressable | null {
  const { seen, from, isSending } = shown;
  if (!seen?.move || isSending || !("rows" in seen.view)) return null;
  const name = cellName(seen.view, row, column);
  if (from && Object.hasOwn(from.to, name)) {
    const values = from.to[name]!;
    return {
      press: () => values.length === 1 ? play(values[0]!) : draw({ choices: values }),
    };
  }
  const move = moveOf(seen.view, row, column);
  if (!move) return null;
  if ("value" in move) return { press: () => play(move.value) };
  const isChosen = from?.name === name;
  return {
    isChosen,
    press: () => draw({ from: isChosen ? undefined : { name, to: move.to }, choices: [] }),
  };
}

/** Makes a move as the seat of the call: the entry is that of a typed one. */
async function play(value: MoveValue): Promise<void> {
  draw({ isSending: true, from: undefined, choices: [], fault: "" });
  try {
    const { move } = shown.seen!;
    const result = await host.callTool("make_game_move", { ...address, ...move, value });
    draw({ fault: result.isError ? textIn(result) : "" });
  } catch (error) {
    draw({ fault: `The client did not make the move: ${(error as Error).message}` });
  }
  draw({ isSending: false });
  waitMs = SOONEST_MS;
  askAfter(JUDGED_MS);
}

function textIn({ content = [] }: ToolResult): string {
  return content.find(({ text }) => text)?.text ?? "The server gave no reason.";
}

// What has come since
// -------------------------------------------------------------------------------------------------

/** Whether the answer has something new. */
function take(result: ToolResult): boolean {
  if (result.isError) {
    draw({ fault: textIn(result) });
    return false;
  }
  const seen = result.structuredContent as Seen | undefined;
  if (!seen?.view || seen.cursor < (shown.seen?.cursor ?? 0)) return false;
  const isNew = seen.cursor !== shown.seen?.cursor;
  const isOtherTurn = seen.move?.answers !== shown.seen?.move?.answers;
  draw({ seen, ...isOtherTurn && { from: undefined, choices: [], fault: "" } });
  return isNew;
}

function askAfter(ms: number): void {
  clearTimeout(timer);
  const isWatched = isInView && document.visibilityState === "visible";
  if (isWatched && !isOver && address.channel_id) timer = setTimeout(ask, ms);
}

async function ask(): Promise<void> {
  const isNew = await host.callTool("show_board", address).then(
    take,
    () => false,
  );
  waitMs = isNew ? SOONEST_MS : Math.min(LATEST_MS, waitMs * 1.5);
  askAfter(waitMs);
}

document.addEventListener("visibilitychange", () => askAfter(0));
new IntersectionObserver(([entry]) => {
  const wasInView = isInView;
  isInView = entry!.isIntersecting;
  if (isInView !== wasInView) askAfter(0);
}).observe(document.body);
new ResizeObserver(() => {
  host.needs(
    Math.min(
      MOST_HEIGHT,
      Math.ceil(document.body.getBoundingClientRect().height),
    ),
  );
}).observe(document.body);

/** Arrows lead from one button of the board to the next. */
root.addEventListener("keydown", (event) => {
  const [down, right] = {
    ArrowUp: [-1, 0] as const,
    ArrowDown: [1, 0] as const,
    ArrowLeft: [0, -1] as const,
    ArrowRight: [0, 1] as const,
  }[event.key] ?? [0, 0];
  const place = placeOf(event.target as Element);
  if (!place || down === right) return;
  event.preventDefault();
  let [row, column] = place;
  do [row, column] = [row + down, column + right]; while (
    cellAt(row, column) && !buttonAt(row, column)
  );
  buttonAt(row, column)?.focus();
});

await host.connect("mcp-multiplayer-board");
