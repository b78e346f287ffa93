/** What a sandbox does and has done, for its operator. No figure belongs to a player or a bot. */
import type { BotLanguage } from "../domain/bot/bot.ts";
import type { HostLanguage } from "./pool/host.ts";

/** Within what time half of something was done, and 95 of 100, in seconds: the upper bounds of
 *  classes. Infinity beyond the last bound; undefined if nothing was done. */
export interface Durations {
  half: number | undefined;
  most: number | undefined;
}

export interface SandboxFigures {
  /** The hosts of a language by state, and how many requests wait for one. */
  pools: readonly {
    language: HostLanguage;
    idle: number;
    busy: number;
    starting: number;
    waiting: number;
  }[];
  /** Hooks since the start, by how they ended. */
  hooks: readonly {
    language: BotLanguage;
    outcomes: Readonly<Record<string, number>>;
    durations: Durations;
  }[];
  /** How long hooks and inspections have waited for a host, and how many hosts were killed. */
  queues: readonly { language: HostLanguage; waits: Durations; kills: number }[];
  /** Network requests of bots, by how they ended. */
  requests: Readonly<Record<string, number>>;
}
