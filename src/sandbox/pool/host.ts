/** Something that runs bots of one language, one request at a time, until it ends. */
import type { Exchange } from "../../domain/bot/evidence.ts";
import type { Answer, Request } from "../wire/protocol.ts";

export type HostLanguage = "javascript" | "python";

/** Called for what happens while a hook runs. */
export interface Listener {
  /** The hook waits for the network from now on. */
  waiting?(): void;
  /** It has its answers, and works again. */
  resumed?(): void;
  exchanged?(exchange: Exchange): void;
}

export interface Host {
  /** Never rejects: a host that gives no honest answer in time is ended, and says after how
   *  long. */
  ask(
    request: Request,
    listener?: Listener,
  ): Promise<Answer | { kind: "killed"; after_ms: number }>;
  /** Resolves when the host has ended, for any reason. */
  readonly ended: Promise<void>;
  end(): Promise<void>;
}
