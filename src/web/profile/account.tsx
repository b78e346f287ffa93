/** What only a person who signed in has: apps, browsers in which the person is signed in, and a
 *  place on the ladders. */
import type { AllowedApp } from "../../accounts/access/allowed_apps.ts";
import { RATING_LIMITS } from "../../domain/limits/rating.ts";
import type { BrowserSession } from "../../store/people/people_store.ts";
import { kept, type Written } from "../channel/parts/written.ts";
import type { Html } from "../frame/page.tsx";
import { ladderPath } from "../pages/leaderboard.tsx";
import { table } from "../pages/markdown.tsx";

/** How a person appears on the ladders. */
interface Appearance {
  player: string;
  handle: string | undefined;
  hidden: boolean;
  /** The ladders on which the person has played. */
  ratings: readonly { ladder: string; ordinal: number; games: number }[];
}

export interface Account {
  apps: readonly AllowedApp[];
  sessions: readonly BrowserSession[];
  /** That of the browser that looks. */
  ownSession: string | undefined;
  appearance: Appearance;
}

/** `written` is what stood in a form that was refused. */
export function accountParts(account: Account, proof: string, written?: Written): Html {
  const { apps, appearance } = account;
  const hidden = <input type="hidden" name="proof" value={proof} />;
  return (
    <>
      <h2 id="ladders">Leaderboard</h2>
      {appearancePart(appearance, hidden, written)}
      <h2 id="apps">Apps that may play in your name</h2>
      {appsPart(apps, hidden)}
      <h2 id="browsers">Browsers</h2>
      {sessionsPart(account, hidden)}
    </>
  );
}

function appearancePart(
  { player, handle, hidden: isHidden, ratings }: Appearance,
  proof: Html,
  written: Written | undefined,
): Html {
  const form = (fields: Html) => (
    <form method="post" action="/me/leaderboard">
      {proof}
      <div class="actions">{fields}</div>
    </form>
  );
  return (
    <>
      {isHidden ? <p>You are hidden: no ladder names you.</p> : handle === undefined
        ? (
          <p>
            You appear on ladders as <code>{player}</code>.
          </p>
        )
        : (
          <p>
            You appear on ladders as{" "}
            <b>
              <bdi>{handle}</bdi>
            </b>{" "}
            (<code>{player}</code>).
          </p>
        )}
      {ratings.length === 0 ? <p class="quiet">You have not ended a rated game.</p> : table(
        ["ladder", "rating", "games"],
        ratings.map(({ ladder, ordinal, games }) => [
          <a href={ladderPath(ladder)}>{ladder}</a>,
          ordinal.toFixed(2),
          `${games}`,
        ]),
      )}
      {isHidden
        ? form(<button type="submit" name="opt_out" value="no">Show me on ladders</button>)
        : (
          <>
            {form(
              <>
                <label>
                  Name on ladders{" "}
                  <input
                    name="handle"
                    value={kept(written, "handle") ?? handle}
                    required
                    maxlength={RATING_LIMITS.handleChars}
                    autocomplete="nickname"
                  />
                </label>
                <button type="submit">Save the name</button>
              </>,
            )}
            <p class="quiet">
              Hide yourself, and the name is deleted; your results stay without it.
            </p>
            {form(<button type="submit" name="opt_out" value="yes">Hide me on ladders</button>)}
          </>
        )}
    </>
  );
}

function appsPart(apps: readonly AllowedApp[], proof: Html): Html {
  if (apps.length === 0) return <p>No app may play in your name.</p>;
  return (
    <ul class="rows">
      {apps.map(({ clientId, label, redirectHosts }) => (
        <li>
          <form method="post" action="/me/apps">
            {proof}
            <input type="hidden" name="revoke" value={clientId} />
            <span>
              <b>
                <bdi>{label}</bdi>
              </b>{" "}
              <bdi class="quiet">{redirectHosts.join(", ")}</bdi>
            </span>{" "}
            <button type="submit" class="danger">Revoke</button>
          </form>
        </li>
      ))}
    </ul>
  );
}

function sessionsPart({ sessions, ownSession }: Account, proof: Html): Html {
  return (
    <>
      <p>
        {sessions.length === 1
          ? "This browser alone is signed in as you."
          : `${sessions.length} browsers are signed in as you:`}
      </p>
      {sessions.length > 1 && (
        <ul class="rows">
          {sessions.map(({ hash, begunAt, expiresAt }) => (
            <li>
              <form method="post" action="/me/sessions">
                {proof}
                <input type="hidden" name="end" value={hash} />
                <span>
                  since {minute(begunAt)}, until {minute(expiresAt)} at most
                </span>{" "}
                {hash === ownSession ? <span class="quiet">this browser</span> : (
                  <button
                    type="submit"
                    class="danger"
                    aria-label={`Sign out the browser of ${begunAt.toISOString()}`}
                  >
                    Sign out there
                  </button>
                )}
              </form>
            </li>
          ))}
        </ul>
      )}
      <form method="post" action="/logout">
        {proof}
        <div class="actions">
          <button type="submit">Sign out</button>
          <button type="submit" name="everywhere" value="yes">Sign out everywhere</button>
        </div>
      </form>
      <p class="quiet">Apps stay connected when you sign out.</p>
    </>
  );
}

function minute(at: Date): Html {
  const text = at.toISOString();
  return <time datetime={text}>{text.slice(0, 16).replace("T", " ")} UTC</time>;
}
