/** The page of a table for the one who has opened it: an invite for each free seat, and the ways to
 *  sit down and to watch. It holds secrets. */
import type { OpenedTable } from "../../channels/writing/channel_opener.ts";
import type { Slot } from "../../domain/channel/channel.ts";
import { spectatorsBy } from "../../domain/channel/spectators.ts";
import type { FormMarks } from "../channel/parts/scene_data.ts";
import { takeSeatForm } from "../channel/take_seat.tsx";
import { listing, saying } from "../frame/listing.tsx";
import type { Html } from "../frame/page.tsx";
import { channelPath } from "../pages/channel_rows.tsx";
import { seatPaste } from "../pages/game_paste.ts";

interface OpenedPage {
  table: OpenedTable;
  /** The server's address. */
  publicUrl: string;
  /** The slot in which this browser sits, if it does. */
  ownSlot: string | undefined;
  marks: FormMarks;
}

export function openedPage({ table, publicUrl, ownSlot, marks }: OpenedPage): Html {
  const { channel, invites, hostToken } = table;
  const seats = channel.slots.filter(({ kind }) => kind === "invite");
  const game = channel.bots.map(({ name }) => name).join(", ");
  const path = channelPath(channel);
  const [firstFree] = invites.values();
  return (
    <>
      <p>
        {game === "" ? "A table to talk at." : (
          <>
            The referee is{" "}
            <b>
              <bdi>{game}</bdi>
            </b>.
          </>
        )} {invites.size === 0
          ? "Every seat is taken, or its invite was replaced."
          : "Send each player the words for one seat. Whoever opens a link first may take its seat."}
      </p>
      {ownSlot === undefined && firstFree !== undefined &&
        takeSeatForm(marks, "Take a seat yourself", { action: `/join/${firstFree}` })}
      <p class="actions">
        <a class={ownSlot === undefined ? "button" : "button main"} href={path}>Go to the table</a>
      </p>
      <h2 id="seats">Seats</h2>
      <ul class="cards">
        {seats.map((slot) => (
          <li>
            {seat(slot, table, { game, publicUrl, isOwn: slot.slot_id === ownSlot })}
          </li>
        ))}
      </ul>
      <h2 id="watch">Watch</h2>
      {watching(table, publicUrl)}
      <h2 id="keep">Keep this page</h2>
      <p>
        It stays at this address, for this browser alone: reload it, or bookmark it, to see the
        invites of the seats that are still free.
      </p>
      <details>
        <summary>Host the table from elsewhere</summary>
        <p>
          This browser is the host. An agent, or another sign-in, hosts it with this token, which it
          passes as{" "}
          <code>rejoin_token</code>. Give it to nobody whom you would not let run the table.
        </p>
        {listing(hostToken)}
      </details>
    </>
  );
}

function seat(
  { slot_id, label, filled_by }: Slot,
  { channel, invites }: OpenedTable,
  { game, publicUrl, isOwn }: { game: string; publicUrl: string; isOwn: boolean },
): Html {
  const invite = invites.get(slot_id);
  const heading = (
    <h3>
      <bdi>{label}</bdi>
    </h3>
  );
  if (invite === undefined) {
    const taken = channel.seats.find(({ player_id }) => player_id === filled_by);
    return (
      <>
        {heading}
        <p>
          {taken
            ? (
              <>
                Taken by <bdi>{taken.display_name}</bdi>
                {isOwn && ", this is you"}.
              </>
            )
            : "Free, but its first invite is no longer valid."}
        </p>
      </>
    );
  }
  const link = `${publicUrl}/join/${invite}`;
  const words = game === "" ? "Come to my table" : `Play ${game} with me`;
  return (
    <>
      {heading}
      {saying(`${words}, yourself or by your agent: ${link}\n`)}
      <details>
        <summary>Words for an agent</summary>
        {saying(seatPaste({ invite_code: invite }, `${publicUrl}/mcp`))}
      </details>
    </>
  );
}

function watching({ channel, spectateToken }: OpenedTable, publicUrl: string): Html {
  const by = spectatorsBy(channel);
  const path = channelPath(channel);
  if (by === "off" || (by === "public" && channel.visibility === "private")) {
    return <p>Only those who sit at the table, and you, can read it.</p>;
  }
  if (by === "link" && spectateToken === undefined) {
    return <p>Whoever has the link can watch. The first link was replaced.</p>;
  }
  const query = spectateToken === undefined
    ? ""
    : `?${new URLSearchParams({ spectate: spectateToken })}`;
  return (
    <>
      <p>
        {by === "link"
          ? "Whoever has this link can watch:"
          : "Everybody can watch at this address:"}
      </p>
      {listing(`${publicUrl}${path}${query}\n`)}
    </>
  );
}
