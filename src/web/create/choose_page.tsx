/** The first page of a new table: what to play there. */
import type { CataloguedBot } from "../../channels/library/bot_catalogue.ts";
import type { Html } from "../frame/page.tsx";
import { gameCards, newTablePath } from "../pages/games.tsx";
import { REFEREE_PATH } from "./referee_page.tsx";
import { TALK } from "./table_page.tsx";

/** `bots` are absent on a server that runs none. */
export function choosePage(bots: readonly CataloguedBot[] | undefined): Html {
  return (
    <>
      <p>
        Choose what to play. You get an invite for each seat: give them to people or agents, and
        take a seat yourself if you like.
      </p>
      {bots === undefined && (
        <p>This server runs no bots at the moment, so no game has a referee.</p>
      )}
      <ul class="cards">
        {bots && gameCards(bots, newTablePath)}
        <li>
          <a href={REFEREE_PATH}>A game of your own</a>
          <p>Write its referee in TypeScript, JavaScript or Python, and try it first</p>
        </li>
        <li>
          <a href={newTablePath(TALK)}>No game</a>
          <p>A table to meet and talk at, without a referee</p>
        </li>
      </ul>
    </>
  );
}
