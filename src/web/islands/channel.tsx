/** Makes the page of a channel live: each entry changes it in place. A stream that breaks comes
 *  back from the last entry on; where there can be none, the page asks every few seconds. */
import { options, render, type VNode } from "preact";
import { boardAfter, boardOf, type ReadMessage } from "../../domain/board/board.ts";
import { sceneParts } from "../channel/parts/scene.tsx";
import type { Referee, Scene, Slot } from "../channel/parts/scene_data.ts";

const POLL_MS = 5_000;
/** After a change the page is drawn anew so soon: entries that come together cost one drawing. */
const FRAME_MS = 16;
/** The entries that the log shows at most. */
const MOST_SHOWN = 1_000;
const LIVE = "Live: what is said appears here at once.";
const ASKING = "The connection is lost. The page asks every few seconds.";

/** A channel's slots and bots, as the server tells them. */
interface Sight {
  view: { slots: Slot[]; closed: boolean };
  bots: Referee[];
}

const root = document.getElementById("channel")!;
const events = new URL(root.dataset.events!, location.href);
/** How far the server's clock is ahead of this one. */
const aheadMs = Number(root.dataset.now) - Date.now();
const scene: Scene = {
  messages: [],
  first: Number(root.dataset.first),
  board: boardOf([]),
  slots: [],
  bots: [],
  closed: false,
  address: events.pathname.replace(/\/events$/, ""),
  query: events.search,
  now: Date.now() + aheadMs,
  status: LIVE,
  seat: ownSeat(root.dataset),
};
let cursor = 0;
let drawing: number | undefined;

// A line of the log keeps its element when older ones leave the page.
options.vnode = (vnode: VNode<{ value?: unknown }>) => {
  if (vnode.type === "li") vnode.key = vnode.props.value;
};

/** The seat that the server has found for this browser. */
function ownSeat({ player, proof, once }: DOMStringMap): Scene["seat"] {
  return player && proof && once ? { player_id: player, proof, once } : undefined;
}

function draw(change: Partial<Scene>): void {
  Object.assign(scene, change);
  drawing ??= setTimeout(drawNow, FRAME_MS);
}

function drawNow(): void {
  drawing = undefined;
  scene.now = Date.now() + aheadMs;
  const log = root.querySelector(".log");
  const isAtEnd = !log || log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  render(sceneParts(scene), root);
  if (isAtEnd) root.querySelector(".log")?.scrollTo({ top: 1e9 });
}

function take(messages: readonly ReadMessage[]): void {
  const fresh = messages.filter(({ id }) => id > cursor);
  if (fresh.length === 0) return;
  cursor = fresh.at(-1)!.id;
  let { board } = scene;
  for (const message of fresh) board = boardAfter(board, message);
  draw({ board, messages: [...scene.messages, ...fresh].slice(-MOST_SHOWN) });
}

function see({ view: { slots, closed }, bots }: Sight): void {
  draw({ slots, bots, closed });
}

function withAfter(): URL {
  const address = new URL(events);
  if (cursor > 0) address.searchParams.set("after", String(cursor));
  return address;
}

/** Asks for what has come since; then opens the stream. */
async function ask(): Promise<void> {
  try {
    const answer = await fetch(withAfter(), { headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const { messages, sight } = await answer.json();
    if (sight) see(sight);
    take(messages);
    listen();
  } catch {
    again();
  }
}

function again(): void {
  draw({ status: ASKING });
  setTimeout(ask, POLL_MS);
}

function listen(): void {
  const stream = new EventSource(withAfter());
  stream.onopen = () => draw({ status: LIVE });
  stream.onmessage = ({ data }) => take([JSON.parse(data)]);
  stream.addEventListener("sight", ({ data }) => see(JSON.parse(data)));
  stream.addEventListener("end", ({ data }) => {
    stream.close();
    const isClosed = JSON.parse(data).why === "closed";
    draw({ status: isClosed ? "Nothing more will come." : "You may no longer read this channel." });
  });
  stream.onerror = () => {
    // Otherwise the browser itself comes back.
    if (stream.readyState === EventSource.CLOSED && !scene.closed) again();
  };
}

/** Lets the clocks go on while somebody looks. */
setInterval(() => {
  const isSeen = document.visibilityState === "visible";
  if (isSeen && root.querySelector('[role="timer"]')) draw({});
}, 1_000);

await ask();
