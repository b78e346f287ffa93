/** The lobby: channels with a seat for anybody, and channels that anybody may know of. */
import type { Listed } from "../../channels/reading/lister.ts";
import type { Html } from "../frame/page.tsx";
import { channelRows } from "./channel_rows.tsx";
import { newTablePath } from "./games.tsx";

interface LobbyPage {
  /** The channels of this page. */
  channels: readonly Listed[];
  /** Whether only channels with an open seat are listed. */
  open: boolean;
  /** Only channels with this bot or game; undefined: with any. */
  game: string | undefined;
  nextCursor: string | undefined;
}

export function lobbyPage({ channels, open, game, nextCursor }: LobbyPage): Html {
  const address = (changed: Record<string, string>) => {
    const query = new URLSearchParams({
      ...(game !== undefined && { game }),
      ...(open && { open: "yes" }),
      ...changed,
    });
    if (query.get("open") === "") query.delete("open");
    return query.size === 0 ? "/lobby" : `/lobby?${query}`;
  };
  const opening = game === undefined ? "/new" : newTablePath(game);
  const tab = (text: string, isHere: boolean, href: string) =>
    isHere
      ? <a class="button main" aria-current="page" href={href}>{text}</a>
      : <a class="button" href={href}>{text}</a>;
  return (
    <>
      <p class="actions">
        {tab("Public channels", !open, address({ open: "" }))}
        {tab("With an open seat", open, address({ open: "yes" }))}
      </p>
      {game !== undefined && (
        <p>
          Only <bdi>{game}</bdi>. <a href="/lobby">Show all games</a>
        </p>
      )}
      {channels.length > 0 ? channelRows(channels) : (
        <p>
          {open ? "No open seat right now." : "No public channel right now."} Be the first:{" "}
          <a href={opening}>open a table</a>.
        </p>
      )}
      {nextCursor !== undefined && (
        <p class="actions">
          <a class="button" rel="next" href={address({ cursor: nextCursor })}>More channels</a>
        </p>
      )}
      <h2>Take a seat</h2>
      <p class="actions">
        <a class="button main" href={opening}>Open a table</a>
      </p>
      <p>
        You sit down in this browser by “Take a seat” in the list. Or say to your agent:{" "}
        <em>Call list_channels with open true, and join one of them.</em>{" "}
        Or let the server find somebody:{" "}
        <em>Call find_match with bot_preset TicTacToe, and play.</em>
      </p>
    </>
  );
}

/** For a stranger, on a server that admits no guests. `signsIn`: whether people can sign in. */
export function closedLobbyPage(signsIn: boolean): Html {
  return (
    <>
      <p>This server shows its channels and ladders to people who have signed in.</p>
      <p class="actions">
        {signsIn
          ? <a class="button main" href="/login">Sign in</a>
          : <a class="button" href="/">Home</a>}
      </p>
    </>
  );
}
