/** The interface of a host: it runs bots of one kind, one request at a time, until it ends. */
import type { Exchange } from "../../domain/bot/evidence.ts";
import type { Answer, Request } from "../wire/protocol.ts";

export type HostLanguage = "javascript" | "python";

/** Callbacks while a hook runs. */
export interface Listener {
  /** The hook begins to wait for the network. */
  waiting?(): void;
  /** The hook has all pending answers and works again. */
  resumed?(): void;
  exchanged?(exchange: Exchange): void;
}

export interface Host {
  /** Never rejects. A host without an honest answer in time is killed; `after_ms` is its time. */
  ask(
    request: Request,
    listener?: Listener,
  ): Promise<Answer | { kind: "killed"; after_ms: number }>;
  /** Resolves when the host has ended, for any reason. */
  readonly ended: Promise<void>;
  end(): Promise<void>;
}
