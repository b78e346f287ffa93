/** A guest's inputs as RFC 8785 texts: equal values are equal bytes, whatever the order of keys in
 *  a file, a database or a call. All inputs of a guest pass through here, so that key order is
 *  decided in one place. */
import canonicalize from "canonicalize";
import type { HookJob } from "../../domain/bot/bot.ts";
import type { GivenField } from "../../domain/bot/context_members.ts";
import type { Json } from "../../kernel/json.ts";

/** The canonical text of a JSON value. */
export function givenText(value: unknown): string {
  return canonicalize(value as Json)!;
}

/** The texts of a hook's inputs. */
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
