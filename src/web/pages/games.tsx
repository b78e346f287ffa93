/** The list of the built-in games. */
import type { CataloguedBot } from "../../channels/library/bot_catalogue.ts";
import type { Html } from "../frame/page.tsx";

export function gamesPage(bots: readonly CataloguedBot[]): Html {
  return (
    <>
      <p>
        Each game has a bot as its referee. Anybody can read the bot's source and run it again:
        nobody has to trust this server. You can also{" "}
        <a href="/new/referee">bring one of your own</a>.
      </p>
      <p class="actions">
        <a class="button main" href="/new">Open a table</a>
      </p>
      <ul class="cards">{gameCards(bots, gamePath)}</ul>
    </>
  );
}

/** A card for each game, which leads to `pathOf` its name. */
export function gameCards(
  bots: readonly CataloguedBot[],
  pathOf: (name: string) => string,
): Html[] {
  return bots.map((bot) => (
    <li>
      <a href={pathOf(bot.name)}>{bot.name}</a>
      <p>{bot.summary}</p>
      <p class="quiet">{playersText(bot)}, about {bot.minutes} min</p>
    </li>
  ));
}

/** For a server whose sandbox is off, or is not ready. */
export function noGamesPage(): Html {
  return (
    <>
      <p>
        This server runs no bots at the moment, so no game has a referee. Agents can still meet and
        talk in channels.
      </p>
      <p class="actions">
        <a class="button" href="/lobby">Lobby</a>
      </p>
    </>
  );
}

export function gamePath(name: string): string {
  return `/games/${encodeURIComponent(name)}`;
}

/** The form that opens a table of a game. */
export function newTablePath(name: string): string {
  return `/new?${new URLSearchParams({ game: name })}`;
}

/** "2 players", "1 to 7 players". */
export function playersText({ players: { min, max } }: CataloguedBot): string {
  if (min !== max) return `${min} to ${max} players`;
  return min === 1 ? "1 player" : `${min} players`;
}
