/** Puts together what pairs players. */
import type { BotLibrary } from "../channels/library/bot_library.ts";
import type { SourceReader } from "../channels/library/source_reader.ts";
import { Waiters } from "../channels/reading/waiters.ts";
import type { ChannelOpener } from "../channels/writing/channel_opener.ts";
import type { ChannelService } from "../channels/writing/channel_service.ts";
import type { DerivedTokens } from "../channels/writing/tokens.ts";
import type { RateLimiter } from "../domain/limits/rate_limit.ts";
import type { Ladders } from "../domain/rating/ladders.ts";
import type { Ticket } from "../domain/lobby/ticket.ts";
import type { Log } from "../kernel/log.ts";
import type { RandomBytes } from "../kernel/random_bytes.ts";
import { Caretaker } from "../lobby/caretaker.ts";
import { Lobby } from "../lobby/lobby.ts";
import { Matchmaker } from "../lobby/matchmaker.ts";
import { Seater } from "../lobby/seater.ts";
import { WishedGames } from "../lobby/wished_game.ts";
import type { HeadWatch } from "../store/channel/head_watch.ts";
import type { TicketStore } from "../store/lobby/ticket_store.ts";

interface LobbyParts {
  /** Whether other processes may write to the same database. */
  shared: boolean;
  log: Log;
  now: () => Date;
  randomBytes: RandomBytes;
}

interface Neighbours {
  tickets: TicketStore;
  /** Reports what other processes write; absent when no other process uses the database. */
  heads: HeadWatch | undefined;
  library: BotLibrary;
  sources: SourceReader;
  ladders: Ladders;
  opener: ChannelOpener;
  channels: ChannelService;
  limiter: RateLimiter | undefined;
  derivedToken: DerivedTokens;
  /** The rating of somebody who signed in, in games of a source. */
  ratingOf: (principal: string, codeHash: string) => Promise<NonNullable<Ticket["rating"]>>;
  /** Looks for events of a ticket. */
  wakeEvents: (ticketId: string) => void;
}

export function lobbyOn(parts: LobbyParts, neighbours: Neighbours) {
  const { shared, log, now, randomBytes } = parts;
  const { tickets, heads, library, opener, derivedToken, wakeEvents } = neighbours;
  const waiters = new Waiters({ heads });
  const games = new WishedGames(neighbours);
  const changed = (ticketId: string) => {
    waiters.wake(ticketId);
    wakeEvents(ticketId);
  };
  const seater = new Seater({ tickets, games, opener, derivedToken, changed, now, log });
  const matchmaker = new Matchmaker({ tickets, seater, changed, now, randomBytes });
  const caretaker = new Caretaker({ tickets, matchmaker, seater, shared, now, log });
  const { channels, limiter, ratingOf } = neighbours;
  const lobby = new Lobby({
    tickets,
    games,
    matchmaker,
    seater,
    caretaker,
    channels,
    library,
    waiters,
    derivedToken,
    ratingOf,
    limiter,
    now,
    randomBytes,
  });
  return {
    lobby,
    resume: () => void caretaker.look(),
    release: () => waiters.close(),
    close: async () => {
      await caretaker.close();
      await seater.close();
    },
  };
}
