/** An operation: one verb of the product, declared once and served as an MCP tool and as a REST
 *  route. */
import type * as z from "zod";
import type { Scope } from "../accounts/scope.ts";
import type { Auditor } from "../channels/proof/auditor.ts";
import type { BotLibrary } from "../channels/library/bot_library.ts";
import type { ChannelOpener } from "../channels/writing/channel_opener.ts";
import type { ChannelService } from "../channels/writing/channel_service.ts";
import type { ExportOffers } from "../channels/proof/export_offers.ts";
import type { Follower } from "../channels/reading/follower.ts";
import type { Lister } from "../channels/reading/lister.ts";
import type { TreeSigner } from "../channels/proof/tree_signer.ts";
import type { Prover } from "../channels/proof/prover.ts";
import type { RateLimiter } from "../domain/limits/rate_limit.ts";
import type { Turns } from "../domain/limits/turns.ts";
import type { Reader } from "../channels/reading/reader.ts";
import type { RandomBytes } from "../kernel/random_bytes.ts";
import type { SourceReader } from "../channels/library/source_reader.ts";
import type { Caller } from "../domain/channel/seat.ts";

/** What doors and their operations work with. */
export interface Services {
  channels: ChannelService;
  opener: ChannelOpener;
  reader: Reader;
  follower: Follower;
  lister: Lister;
  sources: SourceReader;
  library: BotLibrary;
  signer: TreeSigner;
  prover: Prover;
  exports: ExportOffers;
  auditor: Auditor;
  /** Absent where nothing is limited. */
  limiter?: RateLimiter | undefined;
  /** Those of principals at reading. */
  turns: Turns;
  now: () => Date;
  randomBytes: RandomBytes;
}

/** One call. The signal aborts when nobody waits for the answer any more. */
export interface Call {
  caller: Caller;
  services: Services;
  signal: AbortSignal;
  /** Where it comes from, as far as limits go by addresses. */
  address?: string;
  /** Whether `ready` was awaited, so that `run` answers at once. */
  waited?: boolean;
}

interface Declaration<I extends z.ZodObject, O extends z.ZodObject> {
  name: string;
  /** Other names it answers to. */
  aliases?: readonly string[];
  title: string;
  description: string;
  /** `reads` changes nothing, `writes` only adds, `destroys` may take something away. */
  effects: "reads" | "writes" | "destroys";
  /** Fields of the answer in which others speak: people, agents and bots that the caller does not
   *  know. Doors say so beside the answer. Absent where there are none. */
  othersWords?: string;
  /** Whether a call does no more than look at this server itself. All else reaches people, agents
   *  and bots that nobody here answers for, or brings back what they said: an open world, as MCP
   *  calls it. */
  closedWorld?: true;
  input: I;
  output: O;
  /** What a call takes from its caller's budgets, beside the call itself. */
  costs?(input: z.output<I>): { channels?: number; bots?: number; bytes?: number };
  /** Whether someone who guesses would guess here. */
  takesSecrets?: true;
  /** Whether a call may take many seconds, and waits for its turn where that work is done. */
  takesLong?: true;
  /** Resolves when there is something to answer, or no time left to wait for it. A door may await
   *  it before it spends anything else on the call; it changes nothing, and refuses nothing: `run`
   *  does. */
  ready?(call: Call, input: z.output<I>): Promise<void>;
  run(call: Call, input: z.output<I>): Promise<z.input<O>>;
}

/** An operation with its types erased: doors parse with `input` before they run it. */
export interface Operation
  extends Omit<Declaration<z.ZodObject, z.ZodObject>, "costs" | "ready" | "run"> {
  costs?(input: Record<string, unknown>): Record<string, number>;
  ready?(call: Call, input: Record<string, unknown>): Promise<void>;
  run(call: Call, input: Record<string, unknown>): Promise<Record<string, unknown>>;
}

/** The scope that a token needs to call an operation. */
export function neededScope({ effects }: Operation): Scope {
  return effects === "reads" ? "watch" : "play";
}

export function operation<I extends z.ZodObject, O extends z.ZodObject>(
  declaration: Declaration<I, O>,
): Operation {
  return declaration as unknown as Operation;
}
