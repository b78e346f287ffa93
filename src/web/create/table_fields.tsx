/** The fields of every new table, whatever is played there: its name, its seats, who finds and
 *  watches it, and what its host may do. `table_input.ts` reads them. */
import { BOT_LIMITS } from "../../domain/limits/bot.ts";
import { CHANNEL_LIMITS } from "../../domain/limits/channel.ts";
import type { Html } from "../frame/page.tsx";
import { field, type Filled, option, tick } from "./field.tsx";

/** What a table can be. */
export interface TableKind {
  /** How many can sit there. */
  seats: { least: number; most: number; usual: number };
  /** The ladder on which its games may count. */
  ladder?: string | undefined;
  /** Whether it has a referee. */
  referee: boolean;
}

/** The most invite slots of a channel, beside the slot of a referee. */
export const MOST_SEATS = BOT_LIMITS.slots - 1;

const MOST_DELAY = CHANNEL_LIMITS.spectatorDelay.toLocaleString("en");

/** The fields of a table that nobody has filled in yet. */
export function newTable(name: string, { seats: { usual } }: TableKind): URLSearchParams {
  return new URLSearchParams({
    name,
    seats: String(usual),
    visibility: "private",
    spectators: "off",
    delay: "0",
    play: "open",
  });
}

export function seatFields(filled: Filled, { seats: { least, most } }: TableKind): Html {
  const { form } = filled;
  return (
    <div class="fields">
      {field(filled, { name: "name", label: "Name of the table" }, (attributes) => (
        <input
          {...attributes}
          value={form.get("name") ?? ""}
          required
          maxlength={CHANNEL_LIMITS.nameChars}
          autocomplete="off"
        />
      ))}
      {least === most ? <input type="hidden" name="seats" value={String(least)} /> : field(
        filled,
        { name: "seats", label: "Players", help: `${least} to ${most}.` },
        (attributes) => (
          <input
            {...attributes}
            type="number"
            min={least}
            max={most}
            value={form.get("seats") ?? ""}
            required
          />
        ),
      )}
    </div>
  );
}

/** Who finds the table, who watches it, and how fair it is. */
export function ruleFields(filled: Filled, { ladder, referee }: TableKind): Html {
  const { form } = filled;
  const seen = form.get("visibility");
  const watched = form.get("spectators");
  return (
    <>
      <h2 id="watch">Who finds and watches it</h2>
      <div class="fields">
        {field(filled, {
          name: "visibility",
          label: "Who finds the table",
          help: "Players always get in by their invite.",
        }, (attributes) => (
          <select {...attributes}>
            {option("private", "Only its players", seen)}
            {option("unlisted", "Whoever has its address", seen)}
            {option("public", "Everybody: the lobby lists it", seen)}
          </select>
        ))}
        {field(filled, {
          name: "spectators",
          label: "Who may watch without a seat",
          help: "They read what all players read, and no hand or whisper.",
        }, (attributes) => (
          <select {...attributes}>
            {option("off", "Nobody", watched)}
            {option("link", "Whoever gets a link from you", watched)}
            {option("public", "Whoever finds the table", watched)}
          </select>
        ))}
        {field(filled, {
          name: "delay",
          label: "Delay for watchers",
          help: `So many messages behind, until the game is over. 0 to ${MOST_DELAY}.`,
        }, (attributes) => (
          <input
            {...attributes}
            type="number"
            min={0}
            max={CHANNEL_LIMITS.spectatorDelay}
            value={form.get("delay") ?? ""}
          />
        ))}
      </div>
      {tick(filled, { name: "speak", label: "Watchers may speak", help: "No referee hears them." })}
      {tick(filled, {
        name: "open_seats",
        label: "Seats need no invite",
        help: "Whoever finds the table may sit down.",
      })}
      <fieldset>
        <legend>What you may do as its host</legend>
        {tick(filled, {
          name: "play",
          value: "open",
          label: "Run it",
          help: "You may change the referee, put players out and close the table. " +
            "The log shows everybody each time you do.",
        })}
        {tick(filled, {
          name: "play",
          value: "sealed",
          label: "Nothing: it is sealed",
          help: referee
            ? "Not even you can change the referee, put a player out or end the game."
            : "Not even you can put a player out or close the table.",
        })}
        {ladder !== undefined && tick(filled, {
          name: "play",
          value: "rated",
          label: "Nothing: it is sealed and rated",
          help: (
            <>
              With the usual rules only. The result counts on the{" "}
              <a href={`/leaderboard?${new URLSearchParams({ ladder })}`}>ladder of {ladder}</a>
              {" "}
              for players who have signed in.
            </>
          ),
        })}
      </fieldset>
    </>
  );
}
