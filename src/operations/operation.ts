/** An operation: one verb of the product, declared once and served as an MCP tool and as a REST
 *  route. */
import type * as z from "zod";
import type { Scope } from "../accounts/scope.ts";
import type { Auditor } from "../channels/proof/auditor.ts";
import type { BotDebugger } from "../channels/running/bot_debugger.ts";
import type { BotCatalogue } from "../channels/library/bot_catalogue.ts";
import type { BotLibrary } from "../channels/library/bot_library.ts";
import type { ChannelOpener } from "../channels/writing/channel_opener.ts";
import type { ChannelService } from "../channels/writing/channel_service.ts";
import type { BoardReader } from "../channels/reading/board_reader.ts";
import type { DryRuns } from "../channels/running/dry_runs.ts";
import type { ExportOffers } from "../channels/proof/export_offers.ts";
import type { Broadcasts } from "../channels/reading/broadcasts.ts";
import type { Follower } from "../channels/reading/follower.ts";
import type { Subscriber } from "../channels/events/subscriber.ts";
import type { Leaderboard } from "../ratings/leaderboard.ts";
import type { Lister } from "../channels/reading/lister.ts";
import type { Lobby } from "../lobby/lobby.ts";
import type { TreeSigner } from "../channels/proof/tree_signer.ts";
import type { Prover } from "../channels/proof/prover.ts";
import type { RateLimiter } from "../domain/limits/rate_limit.ts";
import type { Turns } from "../domain/limits/turns.ts";
import type { TurnWaiter } from "../channels/reading/turn_waiter.ts";
import type { Presence } from "../channels/presence.ts";
import type { Reader } from "../channels/reading/reader.ts";
import type { RandomBytes } from "../kernel/random_bytes.ts";
import type { RefusalCode } from "../kernel/refusal.ts";
import type { ShownChannels } from "../channels/shown.ts";
import type { SourceReader } from "../channels/library/source_reader.ts";
import type { Caller } from "../domain/channel/seat.ts";

/** The services that endpoints and operations work with. */
export interface Services {
  channels: ChannelService;
  opener: ChannelOpener;
  reader: Reader;
  presence: Presence;
  turnWaiter: TurnWaiter;
  follower: Follower;
  broadcasts: Broadcasts;
  events: Subscriber;
  lister: Lister;
  lobby: Lobby;
  leaderboard: Leaderboard;
  shown: ShownChannels;
  sources: SourceReader;
  library: BotLibrary;
  catalogue: BotCatalogue;
  debugger: BotDebugger;
  dryRuns: DryRuns;
  signer: TreeSigner;
  prover: Prover;
  exports: ExportOffers;
  boards: BoardReader;
  auditor: Auditor;
  /** Absent on a server without rate limits. */
  limiter?: RateLimiter | undefined;
  /** The reads of each principal, a few at a time. */
  turns: Turns;
  now: () => Date;
  randomBytes: RandomBytes;
}

/** One call. The signal aborts once nobody waits for the answer. */
export interface Call {
  caller: Caller;
  services: Services;
  signal: AbortSignal;
  /** The caller's address, for the limits that count by address. */
  address?: string;
  /** Whether the endpoint has awaited `ready`, so that `run` answers at once. */
  waited?: boolean;
  /** How long the call waits at most, whatever its input says: its caller can ask again later. */
  patienceMs?: number;
}

interface Declaration<I extends z.ZodObject, O extends z.ZodObject> {
  name: string;
  /** Other names of the operation. */
  aliases?: readonly string[];
  title: string;
  description: string;
  /** Whether lists of tools leave the operation out, since a listed one does the same. */
  unlisted?: true;
  /** `reads` changes nothing, `writes` only adds, `destroys` may remove something. */
  effects: "reads" | "writes" | "destroys";
  /** What a caller needs in the channel that the input names: to read it, a seat in it, or an
   *  admin's right. Absent if the input names none. */
  needs?: "reading" | "seat" | "admin";
  /** The codes with which it refuses calls, beside those that `refusalsOf` adds. */
  refusals?: readonly RefusalCode[];
  /** The members of the answer that hold text by others: people, agents and bots that the caller
   *  does not know. Endpoints for models say so beside an answer that has any of them. */
  untrusted?: readonly string[];
  /** Whether a call only looks at this server itself. Every other call reaches people, agents and
   *  bots outside of the operator's control, or returns their text: an open world in MCP's
   *  terms. */
  closedWorld?: true;
  input: I;
  output: O;
  /** The answer for a model: members of the whole one, without what only programs use. What it
   *  leaves out of a receipt is added where the caller asked for it (`answer.ts`). The whole answer
   *  if absent. */
  short?(output: z.output<O>): Record<string, unknown>;
  /** Members of the answer that had another name. REST answers with both names; MCP does not, since
   *  hosts hand models the whole answer. */
  earlierNames?: Readonly<Record<string, string>>;
  /** Whether an answer has its receipt without being asked. `run` always returns the receipt, and
   *  `answer.ts` takes it out of all other answers. */
  showsReceipt?(output: z.output<O>): boolean;
  /** The cost of a call to its caller's budgets, beside the call itself. */
  costs?(input: z.output<I>): { channels?: number; bots?: number; bytes?: number };
  /** Whether an attacker could guess invites or tokens with this operation. */
  takesSecrets?: true;
  /** Whether a call may take many seconds. The service that does the work has its own queue. */
  takesLong?: true;
  /** How long a call asks to wait until its player is called, in milliseconds. Absent for
   *  operations that do not answer with that: see `called_answer.ts`. */
  waitsMs?(input: z.output<I>): number;
  /** Resolves once there is something to answer or the time to wait is over. An endpoint may await
   *  it before it spends anything else on the call. It changes nothing, and `run` repeats any
   *  refusal that it throws. */
  ready?(call: Call, input: z.output<I>): Promise<void>;
  run(call: Call, input: z.output<I>): Promise<z.input<O>>;
}

/** An operation with its types erased: endpoints parse with `input` before they run it. */
export interface Operation extends
  Omit<
    Declaration<z.ZodObject, z.ZodObject>,
    "costs" | "ready" | "run" | "short" | "showsReceipt" | "waitsMs"
  > {
  short?(output: Record<string, unknown>): Record<string, unknown>;
  showsReceipt?(output: Record<string, unknown>): boolean;
  costs?(input: Record<string, unknown>): Record<string, number>;
  waitsMs?(input: Record<string, unknown>): number;
  ready?(call: Call, input: Record<string, unknown>): Promise<void>;
  run(call: Call, input: Record<string, unknown>): Promise<Record<string, unknown>>;
}

/** The scope that an access token needs to call an operation. */
export function neededScope({ effects }: Operation): Scope {
  return effects === "reads" ? "watch" : "play";
}

export function operation<I extends z.ZodObject, O extends z.ZodObject>(
  declaration: Declaration<I, O>,
): Operation {
  return declaration as unknown as Operation;
}
