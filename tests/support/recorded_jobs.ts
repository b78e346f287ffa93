/** Records the jobs that a server ran, to compare them byte for byte with those that a replay
 *  builds. */
import assert from "node:assert/strict";
import type { HookJob } from "../../src/domain/bot/bot.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import type { Replayer } from "../../src/verify/replayer.ts";

export class RecordedJobs {
  /** The exact text of each job, by channel and seed; every hook of a channel has its own seed. */
  readonly #texts = new Map<string, string>();

  /** The number of hooks that ran. */
  get size(): number {
    return this.#texts.size;
  }

  /** Wraps a sandbox: records each job before it runs. */
  around(sandbox: Sandbox): Sandbox {
    return {
      inspect: (bot, context) => sandbox.inspect(bot, context),
      engine: (language) => sandbox.engine(language),
      ready: () => sandbox.ready(),
      figures: () => sandbox.figures(),
      close: () => sandbox.close(),
      run: (job, context = {}) => {
        // A trial of a constructor belongs to no channel.
        const channelId = context.key?.channelId;
        if (!context.recorded && channelId) this.#note(`${channelId}/${job.seed}`, job);
        return sandbox.run(job, context);
      },
    };
  }

  #note(key: string, job: HookJob): void {
    const text = JSON.stringify(job);
    // Two instances may run the same hook, and a hook that could not be stored runs again.
    assert.equal(text, this.#texts.get(key) ?? text, "a hook that runs again has the same job");
    this.#texts.set(key, text);
  }

  /** Wraps a replayer: throws for a job of the channel that the server has not run. */
  against(channelId: string, replayer: Replayer): Replayer {
    return {
      engine: (language) => replayer.engine(language),
      inspect: (bot) => replayer.inspect(bot),
      run: (job, recorded) => {
        const ran = this.#texts.get(`${channelId}/${job.seed}`);
        assert.equal(JSON.stringify(job), ran, "a replay calls a hook with what the server did");
        return replayer.run(job, recorded);
      },
    };
  }
}
