/** All members of a bot's `ctx`, and the fields of a hook's job and outcome that each one uses. The
 *  guests of both languages, the types in `bots/bot.d.ts` and `bots/bot.pyi`, the messages between
 *  server and guest, the replay and `docs/bots.md` have exactly these members: tests compare each
 *  of them with this list. */
import type { HookJob, HookOutcome } from "./bot.ts";
import type { NetRequest } from "./evidence.ts";

type Done = Extract<HookOutcome, { kind: "done" }>;

interface Member {
  is: "method" | "property";
  /** Fields of the job that the guest holds as text and the bot reads through this member. */
  given?: readonly (keyof HookJob)[];
  /** Fields of the job that stay outside of the guest, where calls of the member are checked
   *  against them. */
  checked?: readonly (keyof HookJob)[];
  /** Fields of the outcome that the member writes. A replay compares the entries that follow from
   *  them. */
  leaves?: readonly (keyof Done)[];
  /** The kind of network request that the member makes. A replay answers it from the record. */
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
  /** Exists within one hook only. */
  workspace: { is: "property" },
} as const satisfies Record<string, Member>;

type Members = typeof CONTEXT_MEMBERS;
export type ContextMember = keyof Members;

/** Members that write to the outcome: each one is a message of the guest. */
export type LeavingMember = {
  [M in ContextMember]: Members[M] extends { leaves: unknown } ? M : never;
}[ContextMember];

/** Fields of a job that the guest holds for some member. */
export type GivenField = Extract<Members[ContextMember], { given: unknown }>["given"][number];

/** The declaration of a member, in its general type. */
export function contextMember(name: ContextMember): Member {
  return CONTEXT_MEMBERS[name];
}
