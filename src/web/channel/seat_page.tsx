/** The page of a free seat: what its taker joins, and the two ways to take it. */
import { botView } from "../../domain/channel/view.ts";
import type { Channel } from "../../domain/channel/channel.ts";
import { saying } from "../frame/listing.tsx";
import type { Html } from "../frame/page.tsx";
import { refusedWords } from "../frame/refused.tsx";
import { seatPaste, type SeatWay } from "../pages/game_paste.ts";
import { refereeCard } from "./parts/referee.tsx";
import { qrCode } from "./qr_code.tsx";
import type { FormMarks } from "./parts/scene_data.ts";
import type { RefusedForm } from "./acting.ts";
import { writtenIn } from "./parts/written.ts";
import { takeSeatForm } from "./take_seat.tsx";

interface SeatPage {
  way: SeatWay;
  channel: Pick<Channel, "bots" | "seats" | "spectators">;
  /** Of the slot. */
  label: string;
  mcpUrl: string;
  /** The whole address of the page. */
  link: string;
  /** The values of the form's hidden fields; absent if people have to sign in first. */
  form: FormMarks | undefined;
  /** What was sent before and refused. */
  refused?: RefusedForm | undefined;
}

export function seatPage({ way, channel, label, mcpUrl, link, form, refused }: SeatPage): Html {
  const { bots, seats, spectators } = channel;
  const names = seats.map(({ display_name }) => (
    <li>
      <bdi>{display_name}</bdi>
    </li>
  ));
  return (
    <>
      {refused && <div class="problem" role="alert">{refusedWords(refused.refusal)}</div>}
      <p>
        {"invite_code" in way ? "You are invited to take the seat " : "Anybody may take the seat "}
        <b>
          <bdi>{label}</bdi>
        </b>. {"invite_code" in way
          ? "Whoever opens this address first may take it, so keep it to yourself."
          : "Who comes first has it."}
        {spectators && " Others may watch."}
      </p>
      <h2>Play yourself</h2>
      {form === undefined
        ? (
          <p>
            <a href="/login">Sign in</a>, then open this address again.
          </p>
        )
        : takeSeatForm(form, "Take this seat in this browser", {
          written: refused && writtenIn(refused.form),
        })}
      <h2>On your phone</h2>
      <details>
        <summary>Show a code for its camera</summary>
        {qrCode(link, "A QR code with the address of this page")}
      </details>
      <h2>Or let an agent play</h2>
      <p>
        <a href="/connect">Add this server to your agent</a>, then paste this:
      </p>
      {saying(seatPaste(way, mcpUrl))}
      <h2>What you join</h2>
      {bots.length > 0 && <p>Every member can read the source of its referee.</p>}
      {bots.length === 0 && <p>There is no referee: the channel is for talk.</p>}
      {bots.map((bot) => refereeCard(botView(bot)))}
      {names.length > 0 && (
        <>
          <p>Already here:</p>
          <ul>{names}</ul>
        </>
      )}
    </>
  );
}
