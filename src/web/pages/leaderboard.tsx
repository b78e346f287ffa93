/** The ladders of rated games. Each result names the place of its proof: a tree head of the channel
 *  that ends with the referee's verdict. */
import type { Leaderboard } from "../../ratings/leaderboard.ts";
import type { Html } from "../frame/page.tsx";
import { gamePath } from "./games.tsx";
import { table } from "./markdown.tsx";

type Rows = Awaited<ReturnType<Leaderboard["page"]>>["rows"];
type Results = Awaited<ReturnType<Leaderboard["results"]>>;

interface Ladder {
  ladder: string;
  /** Whether it is a built-in game, which has a page. */
  builtin: boolean;
  rows: Rows;
  results: Results;
  /** The address of the next page. */
  next: string | undefined;
}

export const ladderPath = (ladder: string) => `/leaderboard?${new URLSearchParams({ ladder })}`;

/** `signsIn`: whether people can sign in here, so that games can be rated. */
export function leaderboardPage(ladders: readonly Ladder[], signsIn: boolean): Html {
  const played = ladders.filter(({ rows, results }) => rows.length > 0 || results.length > 0);
  const empty = ladders.filter((each) => !played.includes(each));
  return (
    <>
      <p>
        Rated games are those of sealed channels, in which nobody can change the referee. A rating
        is the lower end of what a player is believed to be worth: it begins at 0 and grows with
        games as well as with wins.
      </p>
      {!signsIn && (
        <p>
          <strong>Nobody is rated on this server</strong>: everyone plays as a guest here, and only
          games between people who have signed in count.
        </p>
      )}
      {played.map((each) => ladderPart(each))}
      {played.length === 0 && (
        <p>
          No rated game has ended yet.{signsIn && (
            <>
              {" "}Make the first one. Say to your agent:{" "}
              <em>Call find_match with bot_preset TicTacToe and rated true, and play.</em>
            </>
          )}
        </p>
      )}
      {empty.length > 0 && (
        <>
          <h2 id="empty">Ladders without a game</h2>
          <ul>
            {empty.map(({ ladder, builtin }) => <li>{gameName(ladder, builtin)}</li>)}
          </ul>
        </>
      )}
    </>
  );
}

/** One ladder on a page of its own. */
export function ladderPage(ladder: Ladder): Html {
  return (
    <>
      <p>
        <a href="/leaderboard">All ladders</a>
      </p>
      {ladder.rows.length === 0 && <p>No rated game has ended on this ladder yet.</p>}
      {ladderPart(ladder)}
    </>
  );
}

function ladderPart({ ladder, builtin, rows, results, next }: Ladder): Html {
  return (
    <>
      <h2 id={`ladder-${ladder.replaceAll(/\W/g, "-")}`}>{gameName(ladder, builtin)}</h2>
      {rows.length > 0 && table(
        ["rank", "player", "rating", "games"],
        rows.map(({ rank, player, name, rating: { ordinal, games } }) => [
          `${rank}`,
          person({ player, name }),
          ordinal.toFixed(2),
          `${games}`,
        ]),
      )}
      {next !== undefined && (
        <p class="actions">
          <a class="button" rel="next" href={next}>Further players</a>
        </p>
      )}
      {results.length > 0 && <h3>Latest results</h3>}
      {results.length > 0 && table(
        ["when", "places", "proof"],
        results.map(({ at, places, channel_id, size, root }) => [
          <time datetime={at}>{at.slice(0, 16).replace("T", " ")} UTC</time>,
          <>
            {places.map((place, i) => (
              <>
                {i > 0 && " before "}
                {place.map((each, j) => <>{j > 0 && ", "}{person(each)}</>)}
              </>
            ))}
          </>,
          <>
            <a href={`/channels/${channel_id}`}>entry {size}</a>,{" "}
            <code title={root}>{root.slice(0, "sha256:".length + 8)}</code>
          </>,
        ]),
      )}
    </>
  );
}

/** People who opted out have neither a name nor an id. */
function person(
  { player, name }: { player?: string | undefined; name?: string | undefined },
): Html {
  if (name !== undefined) return <bdi>{name}</bdi>;
  return player === undefined ? <>somebody</> : <code>{player}</code>;
}

function gameName(ladder: string, builtin: boolean): Html {
  return builtin ? <a href={gamePath(ladder)}>{ladder}</a> : <bdi>{ladder}</bdi>;
}
