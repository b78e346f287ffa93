/** Who calls too often is refused before anything is done for them. The refusal is an answer like
 *  any other: agents read it and can wait, where a failed HTTP request looks to them like a broken
 *  server. */
import type { Standing } from "../domain/limits/rate_limit.ts";
import { Refusal } from "../kernel/refusal.ts";
import type { Call, Operation, Services } from "./operation.ts";

const TOO_MUCH = {
  calls: "You call too often.",
  channels: "You have made many channels.",
  bots: "You have attached many bots.",
  bytes: "You have posted as much as is kept for one caller in an hour.",
  guesses: "Too many invites and tokens of yours were wrong.",
  guesses_from: "Too many wrong invites and tokens have come from your address.",
} as const;

/** Takes one call from a principal's budget, whatever it asks for and however wrongly. Throws
 *  RATE_LIMIT when it is spent. Doors do this once for each call, before they look at it. */
export function admitCall({ limiter }: Pick<Services, "limiter">, principal: string): void {
  if (limiter) refuse(limiter.take("calls", principal));
}

/** Takes what a call costs beside the call itself. Throws RATE_LIMIT when one of its caller's
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

/** Remembers a wrong invite or token. */
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
