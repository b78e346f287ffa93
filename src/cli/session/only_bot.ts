/** The bot that is meant where nobody names one. */
import { EXIT, Failure } from "./exit_codes.ts";
import type { Answer, Session } from "./session.ts";

/** The id of a channel's only bot. Throws `Failure` if it has none or several. */
export async function onlyBot(
  session: Session,
  access: { channel_id: string },
): Promise<string> {
  const { bots } = await session.call("get_channel_info", access);
  const ids = bots.map(({ bot_id }: Answer) => String(bot_id));
  if (ids.length === 1) return ids[0];
  throw new Failure(
    EXIT.usage,
    ids.length === 0 ? "This channel has no bot." : `Which bot? One of ${ids.join(", ")}.`,
  );
}
