/** What the page for operators shows: counts and states, and of single channels only what says
 *  nothing about who is in them or what is said there. */
import type { Readiness } from "../../http/health.ts";
import type { SetupNotice } from "../../http/setup_notices.ts";
import type { SandboxFigures } from "../../sandbox/figures.ts";
import type { ChannelState } from "../../store/channel/channel_index.ts";

/** A count that stops at `most`. */
export interface Count {
  count: number;
  most: number;
}

export interface OperatorFigures {
  instance: {
    id: string;
    version: string;
    startedAt: Date;
    /** When the figures were taken. */
    at: Date;
    memoryBytes: number;
  };
  /** Whether other instances may use the same database. */
  shared: boolean;
  readiness: Readiness;
  /** What is to be mended in the settings or at the proxy. */
  setup: readonly SetupNotice[];
  sandbox: SandboxFigures;
  traffic: {
    /** Undefined where the platform accepts the connections. */
    connections: number | undefined;
    /** Pages that follow a channel. */
    streams: number;
    /** Readers that wait for a channel to change. */
    waiting: number;
  };
  channels: {
    states: Readonly<Record<ChannelState, Count>>;
    /** Those whose bots have entries before them. */
    pending: Count;
    newest: readonly NewChannel[];
  };
  storage: {
    /** The size of the database's file; undefined if it has none here. */
    fileBytes: number | undefined;
    guests: { owners: number; bytes: number; limit: number };
    people: { owners: number; bytes: number };
  };
  deliveries: {
    subscriptions: Count;
    /** Those whose last delivery failed, and those that have been given up. */
    failing: number;
    suspended: number;
    /** Posts of this instance. */
    delivered: number;
    failed: number;
  };
}

export interface NewChannel {
  id: string;
  /** ISO 8601. */
  at: string;
  state: ChannelState;
  visibility: string;
  /** How its maker came here: `guest`, `lobby`, or the id of an identity provider. */
  by: string;
  /** Seats that are taken, and all. */
  taken: number;
  seats: number;
}
