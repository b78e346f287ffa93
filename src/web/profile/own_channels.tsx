/** The channels of a person or of a browser's guest, as a list with what can be done to each. Names
 *  are others' words: they stand alone in a direction of their own. */
import type { OwnChannel, OwnKind } from "../../channels/reading/lister.ts";
import type { Channel, Seat } from "../../domain/channel/channel.ts";
import { isOver } from "../../domain/channel/listed.ts";
import { seatsOf } from "../../domain/channel/seat.ts";
import { turnOf } from "../../domain/channel/turn.ts";
import type { Html } from "../frame/page.tsx";
import { BROWSER } from "../live/routes.ts";
import { channelPath, gameOf } from "../pages/channel_rows.tsx";

export interface OwnList {
  kind: OwnKind;
  channels: readonly OwnChannel[];
  nextCursor?: string | undefined;
  /** Whether the search ended before the list. */
  cut?: boolean | undefined;
}

/** Whose list it is, and the value of `proof` in its forms. */
interface Owner {
  principal: string;
  proof: string;
}

const TABS: readonly [kind: OwnKind, text: string][] = [
  ["going", "Going on"],
  ["ended", "Ended"],
  ["hidden", "Hidden"],
];

export function listPath(kind: OwnKind): string {
  return kind === "going" ? "/me" : `/me?list=${kind}`;
}

export function ownChannels({ kind, channels, nextCursor, cut }: OwnList, owner: Owner): Html {
  const more = nextCursor && new URLSearchParams({ list: kind, cursor: nextCursor });
  return (
    <>
      <p class="actions">
        {TABS.map(([other, text]) =>
          other === kind
            ? <a class="button main" aria-current="page" href={listPath(other)}>{text}</a>
            : <a class="button" href={listPath(other)}>{text}</a>
        )}
      </p>
      {channels.length === 0
        ? empty(kind)
        : <ul class="cards">{byTurn(channels, owner).map((each) => row(each, owner, kind))}</ul>}
      {cut && <p>Your older channels were not searched.</p>}
      {more && (
        <p class="actions">
          <a class="button" rel="next" href={`/me?${more}`}>More channels</a>
        </p>
      )}
    </>
  );
}

function empty(kind: OwnKind): Html {
  switch (kind) {
    case "going":
      return (
        <p>
          Nothing goes on for you right now. <a href="/lobby?open=yes">Take an open seat</a>, or
          {" "}
          <a href="/new">open a table</a>.
        </p>
      );
    case "ended":
      return <p>None of your channels has ended.</p>;
    case "hidden":
      return <p>You hide no channel.</p>;
  }
}

/** Those where it is the owner's turn first. */
function byTurn(channels: readonly OwnChannel[], owner: Owner): OwnChannel[] {
  const waits = (each: OwnChannel) => callsOf(each, owner).length > 0 ? 1 : 0;
  return channels.toSorted((a, b) => waits(b) - waits(a));
}

/** The owner's seats that have the turn. */
function callsOf(state: OwnChannel, { principal }: Owner): Seat[] {
  if (state.channel.closed) return [];
  return seatsOf(state.channel, principal)
    .filter(({ player_id }) => turnOf(state, player_id)?.kind === "yours");
}

function row(state: OwnChannel, owner: Owner, kind: OwnKind): Html {
  const { channel, head } = state;
  const { channel_id, name, visibility, closed } = channel;
  const seats = seatsOf(channel, owner.principal);
  const called = callsOf(state, owner);
  const form = (action: string, fields: Record<string, string>, button: Html) => (
    <form method="post" action={action}>
      {Object.entries({ proof: owner.proof, channel: channel_id, ...fields }).map((
        [key, value],
      ) => <input type="hidden" name={key} value={value} />)}
      {button}
    </form>
  );
  const hides = kind === "hidden";
  const act = hides ? "Unhide" : "Hide";
  return (
    <li>
      <a href={channelPath(channel)}>
        <bdi>{name}</bdi>
      </a>
      {called.length > 0
        ? <p class="turn">Your turn{seats.length > 1 && <>, as {named(called)}</>}</p>
        : isOfGame(channel) && <p>{standing(state, seats)}</p>}
      <p>{roleIn(channel, seats, owner.principal)}</p>
      <p class="quiet">
        {gameOf(channel)}, {visibility},{" "}
        {head.size === 1 ? "1 message" : `${head.size} messages`}, since{" "}
        {channel.created_at.slice(0, 10)}
      </p>
      <div class="does">
        {form(
          `/me/hide?list=${kind}`,
          { hidden: hides ? "no" : "yes" },
          <button type="submit" aria-label={`${act} ${name}`}>{act}</button>,
        )}
        {seats.some(({ conversation }) => conversation === BROWSER) && !closed && form(
          `${channelPath(channel)}/hand_over`,
          {},
          <button type="submit" aria-label={`Rejoin token for ${name}`}>Rejoin token</button>,
        )}
      </div>
      {!closed && seats.map(({ player_id, display_name }) => (
        <details>
          <summary>
            {seats.length === 1 ? "Leave" : (
              <>
                Leave, as <bdi>{display_name}</bdi>
              </>
            )}
          </summary>
          <p>
            You give up this seat for good: its rejoin token stops working, and only a new invite
            brings you back.
          </p>
          {form(
            `/me/leave?list=${kind}`,
            { player: player_id },
            <button
              type="submit"
              class="danger"
              aria-label={`Give up the seat of ${display_name} in ${name}`}
            >
              Give up the seat
            </button>,
          )}
        </details>
      ))}
    </li>
  );
}

/** Whether there is more to say of it than that people talk. */
function isOfGame({ closed, bots }: Channel): boolean {
  return closed || bots.length > 0;
}

/** What goes on while it is not the owner's turn. */
function standing(state: OwnChannel, seats: readonly Seat[]): Html {
  const { channel } = state;
  if (channel.closed) return <>Closed.</>;
  const turn = turnOf(state, seats[0]?.player_id ?? null);
  if (isOver(channel) || turn?.kind === "over") return <>The game is over.</>;
  if (turn?.kind === "gone") return <>Those who have the turn have left.</>;
  if (turn?.kind !== "others") return <>Nobody has the turn.</>;
  const others = channel.seats.filter(({ player_id }) => turn.players.includes(player_id));
  return <>{named(others)} to move.</>;
}

function roleIn({ creator }: Channel, seats: readonly Seat[], principal: string): Html {
  const made = creator === principal;
  if (seats.length === 0) return <>You made it and hold no seat in it.</>;
  const admin = !made && seats.some(({ admin }) => admin);
  return (
    <>
      {made && "You made it. "}You play as {named(seats)}
      {admin && ", an admin"}.
    </>
  );
}

function named(seats: readonly Seat[]): Html {
  return (
    <>
      {seats.map(({ display_name }, i) => (
        <>
          {i > 0 && (i === seats.length - 1 ? " and " : ", ")}
          <bdi>{display_name}</bdi>
        </>
      ))}
    </>
  );
}
