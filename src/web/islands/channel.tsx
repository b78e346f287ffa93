/** Makes the page of a channel live: each entry changes it in place. A stream that breaks comes
 *  back from the last entry on; where there can be none, the page asks every few seconds. */
import { options, render, type VNode } from "preact";
import { boardAfter, boardOf, type ReadMessage } from "../../domain/board/board.ts";
import type { MoveValue } from "../../domain/board/view.ts";
import { MOVE_FORM, moveValue } from "../channel/parts/seat.tsx";
import type { Choice } from "../channel/parts/clicks.ts";
import { NO_CHOICE } from "../channel/parts/two_clicks.tsx";
import { sceneParts } from "../channel/parts/scene.tsx";
import type { Referee, Scene, Slot } from "../channel/parts/scene_data.ts";

import { Cells } from "./board/cells.ts";

const POLL_MS = 5_000;
/** After a change the page is drawn anew so soon: entries that come together cost one drawing. */
const FRAME_MS = 16;
/** The entries that the log shows at most. */
const MOST_SHOWN = 1_000;
const LIVE = "Live: what is said appears here at once.";
const ASKING = "The connection is lost. The page asks every few seconds.";
const DATA = { headers: { accept: "application/json" } };
const LOST = "You may no longer read this channel.";
/** The entries that may change what a player may do here. */
const OF_SEATS = ["member_left", "member_rejoined", "set_admin_applied"];

/** A channel's slots, settings and bots, as the server tells them. */
interface Sight {
  view: Pick<Required<Scene>, "closed" | "visibility"> & {
    slots: Slot[];
    spectating?: { by: Scene["watchedBy"] };
  };
  bots: Referee[];
}

/** What a reader may do in the channel. */
interface Own {
  you: string | null;
  powers: readonly string[];
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
  ...ownSeat(root.dataset),
  powers: JSON.parse(root.dataset.powers!),
  written: root.dataset.written && JSON.parse(root.dataset.written),
  clicks: { choice: NO_CHOICE, play, choose: chooses },
};
const cells = new Cells(root);
let cursor = 0;
let drawing: number | undefined;
let isDrawn = false;

options.vnode = (vnode: VNode<{ value?: unknown; defaultValue?: unknown }>) => {
  // A line of the log keeps its element when older ones leave the page.
  if (vnode.type === "li") vnode.key = vnode.props.value;
  if (vnode.type !== "input") return;
  // What the server puts into a field is where a person goes on from, through all drawings.
  const { value, ...props } = vnode.props;
  vnode.props = { ...props, ...value !== undefined && { defaultValue: value } };
};

/** The seat that the server has found for this browser, and the marks of its forms. */
function ownSeat({ player, proof, once }: DOMStringMap): Pick<Scene, "seat" | "marks"> {
  if (!proof || !once) return {};
  const marks = { proof, once };
  return { marks, ...player && { seat: { player_id: player, ...marks } } };
}

function draw(change: Partial<Scene>): void {
  Object.assign(scene, change);
  drawing ??= setTimeout(drawNow, FRAME_MS);
}

function drawNow(): void {
  drawing = undefined;
  scene.now = Date.now() + aheadMs;
  const log = root.querySelector(".log");
  // A page begins with the newest entries, unless somebody has gone to others already.
  const isNew = !isDrawn && log?.scrollTop === 0;
  const isAtEnd = !log || isNew || log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  isDrawn = true;
  cells.remember();
  render(sceneParts(scene), root);
  cells.restore();
  if (isAtEnd) root.querySelector(".log")?.scrollTo({ top: 1e9 });
}

function take(messages: readonly ReadMessage[]): void {
  const fresh = messages.filter(({ id }) => id > cursor);
  if (fresh.length === 0) return;
  const isMore = cursor > 0;
  cursor = fresh.at(-1)!.id;
  let { board } = scene;
  for (const message of fresh) board = boardAfter(board, message);
  if (board.id !== scene.board.id) chooses(NO_CHOICE);
  draw({ board, messages: [...scene.messages, ...fresh].slice(-MOST_SHOWN) });
  const isOfSeats = ({ sender, body }: ReadMessage) =>
    sender === "system" && OF_SEATS.includes(String(body?.type));
  if (isMore && scene.marks && fresh.some(isOfSeats)) void askOwn();
}

/** What the server lets this browser do by now: its seat may be somebody else's. */
function own({ you, powers }: Own): void {
  const { seat, marks } = scene;
  const isMine = you !== null && you === seat?.player_id;
  const mayAct = isMine || powers.length > 0;
  draw({ seat: isMine ? seat : undefined, powers, marks: mayAct ? marks : undefined });
}

async function askOwn(): Promise<void> {
  try {
    const answer = await fetch(withAfter(), DATA);
    if (answer.ok) own(await answer.json());
  } catch { /* A form that is no longer right will be refused. */ }
}

function chooses(choice: Choice): void {
  draw({ clicks: { choice, play, choose: chooses } });
}

/** Makes a move as the form of moves would. */
function play(value: MoveValue): void {
  const form = document.getElementById(MOVE_FORM) as HTMLFormElement | null;
  const { view } = scene.board;
  if (!form || !("rows" in view) || view.action === undefined) return;
  for (const list of form.querySelectorAll("select")) list.disabled = true;
  const button = document.createElement("button");
  Object.assign(button, { name: "move", value: moveValue({ action: view.action, value }) });
  button.hidden = true;
  form.append(button);
  form.requestSubmit(button);
}

function see({ view: { slots, closed, visibility, spectating }, bots }: Sight): void {
  draw({ slots, bots, closed, visibility, watchedBy: spectating?.by ?? "off" });
}

function withAfter(): URL {
  const address = new URL(events);
  if (cursor > 0) address.searchParams.set("after", String(cursor));
  return address;
}

/** Asks for what has come since; then opens the stream. */
async function ask(): Promise<void> {
  try {
    const answer = await fetch(withAfter(), DATA);
    if ([401, 403, 404].includes(answer.status)) return lose();
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const { messages, sight, ...may } = await answer.json();
    if (sight) see(sight);
    take(messages);
    own(may);
    listen();
  } catch {
    again();
  }
}

function again(): void {
  draw({ status: ASKING });
  setTimeout(ask, POLL_MS);
}

/** Shows what there was to read, and no forms. */
function lose(): void {
  own({ you: null, powers: [] });
  draw({ status: LOST });
}

function listen(): void {
  const stream = new EventSource(withAfter());
  stream.onopen = () => draw({ status: LIVE });
  stream.onmessage = ({ data }) => take([JSON.parse(data)]);
  stream.addEventListener("sight", ({ data }) => see(JSON.parse(data)));
  stream.addEventListener("end", ({ data }) => {
    stream.close();
    if (JSON.parse(data).why !== "closed") return lose();
    draw({ status: "Nothing more will come." });
  });
  stream.onerror = () => {
    if (scene.closed) return;
    if (stream.readyState === EventSource.CLOSED) again();
    // Otherwise the browser itself comes back.
    else draw({ status: ASKING });
  };
}

/** Lets the clocks go on while somebody looks. */
setInterval(() => {
  const isSeen = document.visibilityState === "visible";
  if (isSeen && root.querySelector('[role="timer"]')) draw({});
}, 1_000);

await ask();
