/** Makes the replay of a channel a player: scrub, step, play. It asks for the entries that it has
 *  not, a page at a time, and shows each moment as the server would. */
import { render } from "preact";
import { boardOf, type ReadMessage } from "../../domain/board/board.ts";
import { WATCH_LIMITS } from "../../domain/limits/watch.ts";
import { logPart, type Moment, positionPart } from "../channel/parts/moment.tsx";
import { withFormer } from "../channel/parts/names.ts";
import { momentAddress } from "../channel/parts/moment_address.ts";

/** How long each entry is shown, by the name of the speed. The fastest leaves fewer than 100
 *  changes of the address in 30 seconds, which is what browsers allow. */
const SPEEDS: readonly [name: string, ms: number][] = [
  ["slow", 2_000],
  ["normal", 1_000],
  ["fast", 333],
];
/** How long an address waits for the next moment before it is shown. */
const SETTLED_MS = 200;

const root = document.getElementById("replay")!;
const { events, at, first, last, names } = root.dataset;
const source = new URL(events!, location.href);
const moment: Moment = {
  at: 0,
  first: Number(first),
  last: Number(last),
  messages: [],
  board: boardOf([]),
  names: JSON.parse(names!),
  address: source.pathname.replace(/\/events$/, ""),
  query: source.search,
};
const known = new Map<number, ReadMessage>();
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let wanted = Number(at);
let isLoading = false;
let trouble = "";
let pace = SPEEDS[1]![1];
let player: number | undefined;
let settling: number | undefined;

async function fetchAfter(id: number): Promise<void> {
  const address = new URL(source);
  address.searchParams.set("after", String(id));
  const answer = await fetch(address, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const { messages }: { messages: ReadMessage[] } = await answer.json();
  for (const message of messages) known.set(message.id, message);
  moment.names = withFormer(moment.names, messages);
}

/** The entries up to one, as many as a page shows. */
async function entriesUpTo(to: number): Promise<ReadMessage[]> {
  const found: ReadMessage[] = [];
  const most = WATCH_LIMITS.logEntries;
  for (let id = Math.max(moment.first, to - most + 1); id <= to; id++) {
    // Whoever steps back needs the page before, not one more entry.
    const isBack = known.has(id + 1);
    if (!known.has(id)) await fetchAfter(Math.max(moment.first, isBack ? id - most + 1 : id) - 1);
    if (!known.has(id)) await fetchAfter(id - 1);
    if (!known.has(id)) throw new Error(`no entry ${id}`);
    found.push(known.get(id)!);
  }
  return found;
}

/** Shows the moment of an entry; of several that are asked for in a hurry, the last one. */
async function go(to: number): Promise<void> {
  wanted = Math.min(moment.last, Math.max(moment.first, to));
  if (isLoading) return;
  isLoading = true;
  try {
    while (moment.at !== wanted) {
      const next = wanted;
      const messages = await entriesUpTo(next);
      Object.assign(moment, { at: next, messages, board: boardOf(messages) });
      trouble = "";
      draw();
      settle();
    }
  } catch {
    pause();
    trouble = "These entries cannot be loaded now. Try again in a moment.";
    wanted = moment.at;
    // Without a moment of its own the page stays as it came.
    if (moment.at > 0) draw();
  } finally {
    isLoading = false;
  }
}

function draw(): void {
  render(
    <div class="scene">
      {positionPart(moment)}
      {controls()}
      {logPart(moment)}
    </div>,
    root,
  );
  const behavior = calm.matches ? "instant" : "smooth";
  root.querySelector(".log")?.scrollTo({ top: 1e9, behavior });
}

function controls() {
  return (
    <section class="player" aria-label="Player">
      <input
        type="range"
        aria-label="Entry"
        min={moment.first}
        max={moment.last}
        value={moment.at}
        onInput={({ currentTarget }) => steer(Number(currentTarget.value))}
      />
      <button type="button" onClick={() => player === undefined ? play() : pause()}>
        {player === undefined ? "Play" : "Pause"}
      </button>
      <label>
        Speed{" "}
        <select onChange={({ currentTarget }) => pace = Number(currentTarget.value)}>
          {SPEEDS.map(([name, ms]) => <option value={ms} selected={ms === pace}>{name}</option>)}
        </select>
      </label>
      {trouble && <p role="alert">{trouble}</p>}
    </section>
  );
}

/** Goes where a person wants, who then plays on by a button. */
function steer(to: number): void {
  pause();
  void go(to);
}

function play(): void {
  const isAtEnd = moment.at === moment.last;
  player = setTimeout(playOn, pace);
  if (isAtEnd) void go(moment.first);
  draw();
}

async function playOn(): Promise<void> {
  await go(moment.at + 1);
  if (player === undefined) return;
  if (moment.at === moment.last) pause();
  else player = setTimeout(playOn, pace);
}

function pause(): void {
  if (player === undefined) return;
  clearTimeout(player);
  player = undefined;
  draw();
}

function settle(): void {
  clearTimeout(settling);
  settling = setTimeout(
    () => history.replaceState(null, "", momentAddress(moment, moment.at)),
    SETTLED_MS,
  );
}

root.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest<HTMLElement>("a[data-at]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  steer(Number(link.dataset.at));
});

addEventListener("keydown", ({ key, target, altKey, ctrlKey, metaKey }) => {
  const step = key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : 0;
  const isTaken = target instanceof Element && target.closest("input, select, .board");
  if (step === 0 || isTaken || altKey || ctrlKey || metaKey || moment.at === 0) return;
  steer(wanted + step);
});

await go(wanted);
