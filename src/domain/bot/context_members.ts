/** Every member of a bot's `ctx`, and by which fields of a hook's job and outcome it works. The
 *  guests of both languages, the types in `bots/bot.d.ts`, the messages between server and guest,
 *  the replay and `docs/bots.md` have exactly these: tests hold each of them to this list. */
import type { HookJob, HookOutcome } from "./bot.ts";
import type { NetRequest } from "./evidence.ts";

type Done = Extract<HookOutcome, { kind: "done" }>;

interface Member {
  is: "method" | "property";
  /** Fields of the job that the guest has as texts, and the bot reads by this member. */
  given?: readonly (keyof HookJob)[];
  /** Fields of the job that stay outside of the guest: a call is checked against them there. */
  checked?: readonly (keyof HookJob)[];
  /** Fields of the outcome that it writes. A replay compares what follows from them. */
  leaves?: readonly (keyof Done)[];
  /** The request that it makes of the network. A replay answers it from the record. */
  asks?: NetRequest["kind"];
}

export const CONTEXT_MEMBERS = {
  post: { is: "method", checked: ["players"], leaves: ["posts"] },
  get_state: { is: "method", given: ["state"] },
  set_state: { is: "method", leaves: ["state", "state_set"] },
  players: { is: "method", given: ["players"] },
  set_timer: { is: "method", checked: ["timers"], leaves: ["timers"] },
  clear_timer: { is: "method", leaves: ["timers"] },
  end: { is: "method", leaves: ["end"] },
  env: { is: "property", given: ["env"] },
  fetch: { is: "method", checked: ["net"], asks: "fetch" },
  tls_certificate: { is: "method", checked: ["net"], asks: "tls" },
  /** Lives and ends within one hook. */
  workspace: { is: "property" },
} as const satisfies Record<string, Member>;

type Members = typeof CONTEXT_MEMBERS;
export type ContextMember = keyof Members;

/** Members by which a bot leaves something behind: each is a message of the guest. */
export type LeavingMember = {
  [M in ContextMember]: Members[M] extends { leaves: unknown } ? M : never;
}[ContextMember];

/** Fields of a job that a guest has because of a member. */
export type GivenField = Extract<Members[ContextMember], { given: unknown }>["given"][number];

/** What a member is, whichever it is. */
export function contextMember(name: ContextMember): Member {
  return CONTEXT_MEMBERS[name];
}
