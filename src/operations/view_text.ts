/** A channel and its bots as the text of an answer shows them: who sits where and who referees, and
 *  of everything else only what is out of the ordinary. */
import type { BotView, ChannelView } from "../domain/channel/view.ts";

export function viewText(view: Omit<ChannelView, "channel_id">): Record<string, unknown> {
  const { name, visibility, sealed, rated, close_asked, spectators, closed, slots, beacon } = view;
  const { open_seats, spectating, deleted_at } = view;
  return {
    name,
    ...visibility !== "private" && { visibility },
    ...sealed && { sealed },
    ...rated && { rated },
    ...close_asked && { close_asked },
    ...spectators && { spectators, ...spectating && { spectating } },
    ...open_seats && { open_seats },
    ...closed && { closed },
    ...deleted_at !== undefined && { deleted_at },
    slots: slots.map(({ slot_id, kind, label, filled_by, display_name, last_seen }) => ({
      slot_id,
      kind,
      label,
      filled_by,
      ...display_name !== undefined && display_name !== label && { display_name },
      ...last_seen !== undefined && { last_seen },
    })),
    ...beacon?.awaits && { beacon: { awaits: beacon.awaits } },
  };
}

export function botText(bot: BotView): Record<string, unknown> {
  const { bot_id, name, summary, code_hash, net, private: hears, env, ended } = bot;
  const { rematch_asked = [] } = bot;
  return {
    bot_id,
    name,
    ...summary !== "" && { summary },
    code_hash,
    ...net.length > 0 && { net },
    ...hears && { private: hears },
    ...env && { env },
    ...ended && { ended },
    ...rematch_asked.length > 0 && { rematch_asked },
  };
}

/** The same with what a player asks of a referee: its parameters and moves. */
export function describedBot(bot: BotView): Record<string, unknown> {
  const { params, manifest: { moves } } = bot;
  return {
    ...botText(bot),
    ...Object.keys(params).length > 0 && { params },
    ...moves !== undefined && { moves },
  };
}
