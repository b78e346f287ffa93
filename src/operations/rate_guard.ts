/** Rate limits, checked before an operation runs. A refusal is an ordinary answer, which an agent
 *  can read and act on by waiting. A failed HTTP request would look to it like a broken server. */
import type { Standing } from "../domain/limits/rate_limit.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Call, Operation, Services } from "./operation.ts";

const TOO_MUCH = {
  calls: "You call too often.",
  looks: "Your address looks at too many pages.",
  channels: "You have created too many channels.",
  bots: "You have attached too many bots.",
  bytes: "You have reached the hourly limit of bytes that one caller may post.",
  guesses: "You have sent too many wrong invites and tokens.",
  guesses_from: "Too many wrong invites and tokens have come from your address.",
} as const;

/** Takes one call from a principal's budget, even if the call turns out to be malformed. Throws
 *  RATE_LIMIT if the budget is spent. Endpoints do this once for each call, before they read it. */
export function admitCall({ limiter }: Pick<Services, "limiter">, principal: string): void {
  if (limiter) refuse(limiter.take("calls", principal));
}

/** The same for a browser that looks at a channel. An audience behind one address is one visitor,
 *  so that it has a larger budget. */
export function admitLook(
  { limiter }: Pick<Services, "limiter">,
  { kind, principal }: { kind: "person" | "guest" | "visitor"; principal: string },
): void {
  if (limiter) refuse(limiter.take(kind === "visitor" ? "looks" : "calls", principal));
}

/** Takes the costs of a call beside the call itself. Throws RATE_LIMIT if one of the caller's
 *  budgets is spent. */
export function admit(operation: Operation, input: Record<string, unknown>, call: Call): void {
  const { services: { limiter }, caller: { principal }, address } = call;
  if (!limiter) return;
  if (operation.takesSecrets) {
    refuse(limiter.look("guesses", principal));
    if (address !== undefined) refuse(limiter.look("guesses_from", address));
  }
  for (const [name, cost] of Object.entries(operation.costs?.(input) ?? {})) {
    if (cost > 0) refuse(limiter.take(name as keyof typeof TOO_MUCH, principal, cost));
  }
}

/** Takes the cost of a try of a bot: that of attaching it. Throws RATE_LIMIT. */
export function admitTry({ limiter }: Pick<Services, "limiter">, principal: string): void {
  if (limiter) refuse(limiter.take("bots", principal));
}

/** Counts a wrong invite or token against the caller and its address. */
export function chargeGuess({ code }: Refusal, { services, caller, address }: Call): void {
  if (code !== "INVITE_INVALID" && code !== "REJOIN_TOKEN_INVALID") return;
  services.limiter?.charge("guesses", caller.principal);
  if (address !== undefined) services.limiter?.charge("guesses_from", address);
}

function refuse({ name, retryAfterMs }: Standing): void {
  if (retryAfterMs === 0) return;
  const text = `${TOO_MUCH[name as keyof typeof TOO_MUCH]} Wait before you try again.`;
  throw new Refusal("RATE_LIMIT", text, retryAfterMs);
}
