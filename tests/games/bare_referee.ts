/** A referee without a server: its rules are called as functions, and nobody reads its posts. */

/** A context that keeps nothing. */
const NO_CONTEXT = {
  post() {},
  get_state: () => null,
  set_state() {},
  end() {},
  players: () => [],
  set_timer() {},
  clear_timer() {},
} as unknown as BotContext;

/** The referee of a class with these parameters. */
export function referee<Params, Game>(
  bot: new (ctx: BotContext, params: Params) => Game,
  params: Params,
): Game {
  return new bot(NO_CONTEXT, params);
}
