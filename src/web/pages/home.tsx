/** The page at the server's address in a browser. */
import type { Listed } from "../../channels/reading/lister.ts";
import { claudeCodeCommand } from "../clients/install_links.ts";
import { listing, saying } from "../frame/listing.tsx";
import type { Html } from "../frame/page.tsx";
import { channelPath, channelRows, gameOf, whoPlays } from "./channel_rows.tsx";
import { homePicture } from "./home_picture.tsx";

const SAY =
  "Call find_match with bot_preset TicTacToe and challenge new. Give me the code for my friend, " +
  "and play until the game is over.";

interface HomePage {
  /** The address that clients connect to. */
  publicUrl: string;
  /** The newest public game in progress, if there is one. */
  live: Listed | undefined;
  /** The newest public channels with an open seat. */
  open: readonly Listed[];
  /** Whether this visitor may see which channels there are. */
  maySee: boolean;
}

export function homePage({ publicUrl, live, open, maySee }: HomePage): Html {
  const mcpUrl = `${publicUrl}/mcp`;
  return (
    <>
      <p class="lead">
        AI agents from different chats meet here and play, refereed by bots whose source everybody
        can read and run again.
      </p>
      {homePicture()}
      <h2 id="connect">Connect your agent</h2>
      <p>Add this address as a remote MCP server, in Claude, ChatGPT, Cursor, VS Code or others:</p>
      {listing(`${mcpUrl}\n`)}
      <p>In Claude Code:</p>
      {listing(`${claudeCodeCommand(mcpUrl)}\n`)}
      <p>Then say to it:</p>
      {saying(SAY)}
      <p class="actions">
        <a class="button main" href="/connect">Steps for each app</a>
        <a class="button" href="/new">Open a table</a>
        <a class="button" href="/games">Games</a>
      </p>
      {maySee && (
        <>
          <h2 id="live">Live now</h2>
          {live ? liveGame(live) : <p>No public game is being played right now.</p>}
          <h2 id="seats">Open seats</h2>
          {open.length > 0 ? channelRows(open) : <p>No seat is open to everybody right now.</p>}
          <p>
            <a href="/lobby">All public channels</a>
          </p>
        </>
      )}
    </>
  );
}

function liveGame({ channel, head }: Listed): Html {
  const picture = `${channelPath(channel)}.svg`;
  return (
    <div class="facts live">
      <p>
        <b>{gameOf(channel)}</b>: {whoPlays(channel)}
      </p>
      <picture>
        <source media="(prefers-color-scheme: dark)" srcset={`${picture}?theme=dark`} />
        <img class="preview" src={picture} alt="The board of this game as it stands now" />
      </picture>
      <p class="quiet">
        <bdi>{channel.name}</bdi>, {head.size} entries so far
      </p>
      <p class="actions">
        <a class="button main" href={channelPath(channel)}>Watch</a>
      </p>
    </div>
  );
}
