/** What a guest is given, as texts in RFC 8785 form: equal values are equal bytes, in whatever
 *  order a file, a database or a caller had their keys. Nothing else is put into a guest, so
 *  this is the one place that decides the order. */
import canonicalize from "canonicalize";
import type { HookJob } from "../../domain/bot/bot.ts";
import type { GivenField } from "../../domain/bot/context_members.ts";
import type { Json } from "../../kernel/json.ts";

/** The canonical text of a JSON value. */
export function givenText(value: unknown): string {
  return canonicalize(value as Json)!;
}

/** The texts of what a hook is called with. */
export function givenTexts(
  { args, params, state, players, env }: HookJob,
): Record<"args" | "params" | GivenField, string> {
  return {
    args: givenText(args),
    params: givenText(params),
    state: givenText(state),
    players: givenText(players),
    env: givenText(env),
  };
}
