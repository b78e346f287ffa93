/** Waits until a player is called (`domain/referee/called.ts`), and says what it has to know
 *  then. */
import { type Moves, movesOf } from "../../domain/bot/moves.ts";
import type { Access, Viewer } from "../../domain/channel/seat.ts";
import { type Turn, turnOf } from "../../domain/channel/turn.ts";
import { helpIn } from "../../domain/channel/turn_help.ts";
import { shortMessage } from "../../domain/channel/short_message.ts";
import { type Message, messageFor } from "../../domain/channel/visibility.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import {
  type Called,
  calledSince,
  hasTurn,
  isAwaiting,
  isHeard,
} from "../../domain/referee/called.ts";
import { jsonBytes } from "../../domain/storage/storage.ts";
import type { Entry, Head } from "../../domain/transcript/transcript.ts";
import type { Json } from "../../kernel/json.ts";
import { Refusal } from "../../kernel/refusal.ts";
import type { StoredChannel } from "../../store/channel/channel_store.ts";
import { type Reader, refusePastEnd, type Situation } from "./reader.ts";
import type { Presence } from "../presence.ts";
import { boundsFor, type Shown, type ShownChannels } from "../shown.ts";
import { until, type Wait, type WaitDeps } from "./until.ts";

interface CallRequest {
  /** What the caller knows: everything up to this entry; absent: up to its own last post. */
  cursor?: number | undefined;
  /** The caller's own post that its answer is for. */
  posted?: Pick<Entry, "id"> | undefined;
}

/** What a called player has to know. */
export interface CalledReading {
  why: Called["why"] | "removed" | "timeout";
  /** Whether that has called the caller, so that there is nothing to wait for. */
  isCalled: boolean;
  /** The newest entries after the cursor, without the caller's post, as many as fit. */
  messages: Message[];
  /** How many entries after the cursor are older than these. */
  omitted: number;
  /** What the caller knew before, and what it knows with this. */
  since: number;
  cursor: number;
  /** Present on the caller's turn: the message that gave it, and what it says about it. */
  answers?: number;
  position?: Json;
  legal_moves?: Json;
  ranges?: Json;
  /** The referee's game and its actions, as its manifest declares them. */
  moves?: Moves;
  /** Null for a player who was put out. */
  head: Head | null;
  situation: Situation | null;
}

interface TurnWaiterDeps extends WaitDeps {
  shown: ShownChannels;
  reader: Reader;
  presence: Presence;
}

export class TurnWaiter {
  readonly #deps: TurnWaiterDeps;

  constructor(deps: TurnWaiterDeps) {
    this.#deps = deps;
  }

  /** Resolves when the caller is called, and the bots have answered its post, or when it is put out
   *  meanwhile; at the end of the wait in any case: see `until`. Refuses callers who may not read
   *  the channel from the first. */
  async wait(access: Access, request: CallRequest, wait: Wait): Promise<void> {
    const { posted } = request;
    let isAdmitted = false;
    await until(this.#deps, access.channelId, wait, (state) => {
      const viewer = isAdmitted
        ? this.#stillViewer(state, access)
        : this.#deps.shown.viewer(state.channel, access);
      isAdmitted = true;
      if (!viewer || isPutOut(state, access, viewer)) return "yes";
      const { end, isPart } = boundsFor(state, viewer);
      if (isPart) {
        refusePastEnd(request.cursor ?? 0, { size: end });
        return state.channel.closed ? "yes" : "no";
      }
      const you = idOf(viewer);
      const cursor = cursorOf(state, you, request);
      refusePastEnd(cursor, state.head);
      if (posted && !(isHeard(state, posted.id) && !isAwaiting(state, you))) return "no";
      return calledSince(state, you, Math.max(cursor, posted?.id ?? 0)) ? "settled" : "no";
    });
  }

  /** What the caller is told now, who could read the channel when the call began. */
  async look(access: Access, request: CallRequest): Promise<CalledReading> {
    const whole = await this.#deps.registry.load(access.channelId);
    const viewer = this.#stillViewer(whole, access);
    if (!viewer || isPutOut(whole, access, viewer)) return putOut(request.cursor ?? 0);
    const { state, after }: Shown = await this.#deps.shown.to(whole, viewer);
    this.#deps.presence.note(access.channelId, viewer);
    const you = idOf(viewer);
    const cursor = Math.max(cursorOf(state, you, request), after);
    refusePastEnd(cursor, state.head);
    const called = calledSince(state, you, Math.max(cursor, request.posted?.id ?? 0));
    const turn = turnOf(state, you);
    // A turn is told at the end of a wait even if it calls nobody by itself.
    const why = called?.why ?? (hasTurn(state, you) ? "your_turn" : "timeout");
    const { messages, omitted } = await this.#newest(state, you, cursor, request.posted?.id);
    return {
      why,
      isCalled: called !== null,
      messages,
      omitted,
      since: cursor,
      cursor: state.head.size,
      ...(why === "your_turn" && turn?.kind === "yours" && await this.#given(state, you, turn)),
      head: state.head,
      situation: this.#deps.reader.situation(state, viewer),
    };
  }

  /** The newest messages after the cursor that fit into one answer, in short and as a whole, at
   *  least one. Counts only what the viewer is given, so that their number says nothing about what
   *  is withheld. */
  async #newest(
    { channel: { channel_id }, head }: StoredChannel,
    you: string | null,
    cursor: number,
    posted: number | undefined,
  ): Promise<Pick<CalledReading, "messages" | "omitted">> {
    const { calledBytes, calledCount, syncBytes } = CHANNEL_LIMITS;
    const from = Math.max(cursor, head.size - calledCount);
    const page = await this.#entries(channel_id, from, head.size);
    const messages: Message[] = [];
    let [size, whole] = [0, 0];
    let first = head.size + 1;
    for (const entry of page.toReversed()) {
      if (entry.id !== posted) {
        const message = messageFor(you, entry);
        size += jsonBytes(shortMessage(message) ?? "");
        whole += jsonBytes(message);
        if (messages.length > 0 && (size > calledBytes || whole > syncBytes)) break;
        messages.unshift(message);
      }
      first = entry.id;
    }
    return { messages, omitted: first - 1 - cursor };
  }

  /** The entries after `from` and up to `end`, in order. */
  async #entries(channelId: string, from: number, end: number): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (let after = from; after < end;) {
      const page = await this.#deps.registry.entries(channelId, after, end - after);
      if (page.length === 0) break;
      entries.push(...page);
      after = page.at(-1)!.id;
    }
    return entries;
  }

  /** The caller's view; null when it has lost its seat and may not read the channel any more. */
  #stillViewer({ channel }: StoredChannel, access: Access): Viewer | null {
    try {
      return this.#deps.shown.viewer(channel, access);
    } catch (error) {
      if (error instanceof Refusal && error.code === "NOT_MEMBER") return null;
      throw error;
    }
  }

  /** What the message that gave the turn says about it. */
  async #given(
    { channel }: StoredChannel,
    you: string | null,
    { msgId, botId }: Turn & { kind: "yours" },
  ): Promise<Pick<CalledReading, "answers" | "position" | "legal_moves" | "ranges" | "moves">> {
    const [entry] = await this.#deps.registry.entries(channel.channel_id, msgId - 1, 1);
    const body = entry && messageFor(you, entry).body;
    const bot = channel.bots.find(({ bot_id }) => bot_id === botId);
    const moves = bot && movesOf(bot.manifest);
    return {
      answers: msgId,
      ...(body && you !== null && helpIn(body, you)),
      ...(moves && { moves }),
    };
  }
}

function putOut(cursor: number): CalledReading {
  const nothing = { messages: [], omitted: 0, since: cursor, cursor };
  return { why: "removed", isCalled: true, ...nothing, head: null, situation: null };
}

/** Whether the caller has lost its seat in a channel that everybody may read. */
function isPutOut({ channel }: StoredChannel, { caller }: Access, { seat, admin }: Viewer) {
  return seat === null && !admin && channel.former.includes(caller.principal);
}

function idOf({ seat }: Viewer): string | null {
  return seat?.player_id ?? null;
}

function cursorOf(
  { head: { turns: { marks } } }: StoredChannel,
  you: string | null,
  { cursor, posted }: CallRequest,
): number {
  return cursor ?? posted?.id ?? (you === null ? 0 : marks[you]?.spoke ?? 0);
}
