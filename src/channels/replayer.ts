/** Lets a verifier run hooks again in a sandbox. */
import type { Exchange } from "../domain/evidence.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Replayer } from "../verify/replayer.ts";

/** `channelId`: whose turns the hooks take, where the sandbox also serves channels. */
export function replayerOn(sandbox: Sandbox, channelId?: string): Replayer {
  return {
    inspect: (bot) => sandbox.inspect(bot),
    engine: (language) => sandbox.engine(language),
    async run(job, recorded) {
      const exchanges: Exchange[] = [];
      const exchanged = (exchange: Exchange) => void exchanges.push(exchange);
      const outcome = await sandbox.run(job, { channelId, recorded, exchanged });
      return { outcome, exchanges };
    },
  };
}
