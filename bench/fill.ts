/** Long channels. */
import { answered } from "./doors.ts";
import type { Player, Synced } from "./player.ts";

const FILLERS = 48;
const BODY = "a message of usual length";

/** Posts until the channel has `count` entries, on many connections at once. */
export async function fill(player: Player, channel_id: string, count: number): Promise<void> {
  const { cursor } = await player.call<Synced>("sync_messages", {
    channel_id,
    last: 1,
    timeout_ms: 0,
  });
  let missing = count - cursor;
  const bytes = player.bytes("post_message", { channel_id, body: BODY });
  await Promise.all(
    Array.from({ length: Math.min(FILLERS, missing) }, async () => {
      const { connection } = await player.again();
      while (missing-- > 0) {
        const answer = await connection.send(bytes);
        if (!answered(answer)) throw new Error(`Cannot fill: ${answer.body}`);
      }
      connection.close();
    }),
  );
}
