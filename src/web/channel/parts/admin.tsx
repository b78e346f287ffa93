/** What admins and players change of a channel: forms, which work without script. What the channel
 *  refuses to everybody is not there. The same on the server and in the browser: see
 *  `board.tsx`. */
import type { Visibility } from "../../../domain/announcements/opening.ts";
import type { SpectatorsBy } from "../../../domain/channel/spectators.ts";
import type { Names } from "../../../domain/board/named.ts";
import { CHANNEL_LIMITS } from "../../../domain/limits/channel.ts";
import type { Scene, Slot } from "./scene_data.ts";
import { hidden, marks } from "./seat.tsx";
import { kept } from "./written.ts";

const KNOWN_TO: Record<Visibility, string> = {
  private: "members only",
  unlisted: "whoever has its address",
  public: "everybody, in the lobby",
};
const WATCHED_BY: Record<SpectatorsBy, string> = {
  off: "nobody",
  link: "whoever has the link",
  public: "whoever knows the channel",
};

/** A change to its address: hidden fields, and what is to be filled in and pressed. */
function changeForm(
  { address, marks: own }: Scene,
  fields: Record<string, string>,
  content: unknown,
) {
  return (
    <form method="post" action={`${address}/change`}>
      {own && marks(own)}
      {Object.entries(fields).map(([name, value]) => hidden(name, value))}
      <p class="actions">{content as string}</p>
    </form>
  );
}

/** Asks for another game with each referee that has ended. */
export function rematchForms(scene: Scene, names: Names) {
  const { bots, seat, closed, powers } = scene;
  if (!seat || closed || !powers.includes("rematch")) return null;
  return bots.filter(({ ended }) => ended).map(({ bot_id, name, rematch_asked = [] }) => (
    <>
      {rematch_asked.length > 0 && (
        <p>
          {rematch_asked.map((id) => names[id] ?? id).join(", ")}{" "}
          asked for a rematch. It begins once all players ask.
        </p>
      )}
      {!rematch_asked.includes(seat.player_id) &&
        changeForm(
          scene,
          { type: "rematch", bot_id },
          <button type="submit" class="main">Rematch with {name}</button>,
        )}
    </>
  ));
}

export function adminForms(scene: Scene) {
  const { slots, bots, seat, closed, marks: own, powers, written } = scene;
  if (!own || closed || !powers.includes("rename")) return null;
  const may = (type: string) => powers.includes(type);
  const seats = slots.filter(({ kind, filled_by }) =>
    kind === "invite" && (filled_by === null || filled_by !== seat?.player_id)
  );
  return (
    <details class="admin" open={kept(written, "type") !== undefined}>
      <summary>Manage the channel</summary>
      {seats.map((slot) => slot.filled_by === null ? freeSeat(scene, slot) : member(scene, slot))}
      <h3>Channel</h3>
      {changeForm(
        scene,
        { type: "rename" },
        <>
          <label>
            Name{" "}
            <input
              name="name"
              required
              maxlength={CHANNEL_LIMITS.nameChars}
              value={kept(written, "name")}
            />
          </label>
          <button type="submit">Rename</button>
        </>,
      )}
      {may("add_slot") && changeForm(
        scene,
        { type: "add_slot", kind: "invite" },
        <>
          <label>
            Seat{" "}
            <input
              name="label"
              required
              maxlength={CHANNEL_LIMITS.labelChars}
              value={kept(written, "label")}
            />
          </label>
          <button type="submit">Add a seat</button>
        </>,
      )}
      {may("set_visibility") && changeForm(
        scene,
        { type: "set_visibility" },
        <>
          <label>
            Known to{" "}
            <select name="visibility">
              {options(KNOWN_TO, kept(written, "visibility") ?? scene.visibility)}
            </select>
          </label>
          <button type="submit">Set</button>
        </>,
      )}
      {may("set_spectators") && changeForm(
        scene,
        { type: "set_spectators" },
        <>
          <label>
            Watched by{" "}
            <select name="who">
              {options(WATCHED_BY, kept(written, "who") ?? scene.watchedBy)}
            </select>
          </label>
          <button type="submit">Set</button>
        </>,
      )}
      {may("pause_bot") &&
        bots.filter(({ ended }) => !ended).map(({ bot_id, name, paused }) =>
          changeForm(
            scene,
            { type: paused ? "resume_bot" : "pause_bot", bot_id },
            <button type="submit">{paused ? "Let" : "Pause"} {name}{paused && " go on"}</button>,
          )
        )}
      {changeForm(
        scene,
        { type: "close" },
        <button type="submit" class="danger">Close the channel for good</button>,
      )}
    </details>
  );
}

/** The choices of a list, of which one is chosen. */
function options(words: Record<string, string>, chosen: string | undefined) {
  return Object.entries(words).map(([value, text]) => (
    <option value={value} selected={value === chosen}>{text}</option>
  ));
}

function freeSeat(scene: Scene, { slot_id, label }: Slot) {
  return (
    <>
      <h3>
        Free seat <bdi>{label}</bdi>
      </h3>
      {changeForm(
        scene,
        { slot_id },
        <>
          <button type="submit" name="type" value="new_invite">New invite</button>
          <button type="submit" name="type" value="revoke_invite">Revoke the invite</button>
        </>,
      )}
    </>
  );
}

function member(scene: Scene, { filled_by, display_name, muted }: Slot) {
  const { powers, written } = scene;
  const player_id = filled_by!;
  return (
    <>
      <h3>
        <bdi>{display_name}</bdi>
      </h3>
      {powers.includes("mute") && changeForm(
        scene,
        { type: "mute", player_id, muted: muted ? "no" : "yes" },
        <button type="submit">{muted ? "Unmute" : "Mute"} {display_name}</button>,
      )}
      {powers.includes("kick") && changeForm(
        scene,
        { player_id },
        <>
          <label>
            Reason, for all to read{" "}
            <input
              name="reason"
              maxlength={CHANNEL_LIMITS.reasonChars}
              value={kept(written, "reason", { player_id })}
            />
          </label>
          <button type="submit" class="danger" name="type" value="kick">Kick {display_name}</button>
          <button type="submit" class="danger" name="type" value="ban">Ban {display_name}</button>
        </>,
      )}
    </>
  );
}
