/** The first page of a new table: what to play there. */
import type { CataloguedBot } from "../../channels/library/bot_catalogue.ts";
import type { Html } from "../frame/page.tsx";
import { gameCards, newTablePath } from "../pages/games.tsx";
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
          <a href={newTablePath(TALK)}>No game</a>
          <p>A table to meet and talk at, without a referee</p>
        </li>
      </ul>
    </>
  );
}
