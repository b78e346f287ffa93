/** The form that opens a table for one game, or for talk. */
import type { CataloguedBot } from "../../channels/library/bot_catalogue.ts";
import { requiredOf } from "../../domain/bot/params.ts";
import { type ParamSchema, paramsSchemaOf } from "../../domain/bot/params_schema.ts";
import type { JsonObject } from "../../kernel/json.ts";
import { marks as markFields } from "../channel/parts/seat.tsx";
import type { Html } from "../frame/page.tsx";
import { exampleFor, seatsOf } from "../pages/channel_input.ts";
import { gamePath, playersText } from "../pages/games.tsx";
import { field, type Filled } from "./field.tsx";
import { writeParam } from "./param_controls.ts";
import { paramFields } from "./param_fields.tsx";
import { MOST_SEATS, newTable, ruleFields, seatFields, type TableKind } from "./table_fields.tsx";

/** The name of `game` in the address and the form of a table without a referee. */
export const TALK = "none";

export const TALK_TABLE: TableKind = {
  seats: { least: 1, most: MOST_SEATS, usual: 2 },
  referee: false,
};

export function tableKind(game: CataloguedBot, ladder: string | undefined): TableKind {
  return { seats: seatsOf(game), ladder, referee: true };
}

/** The parameters that a person chooses: the number of players has a field of its own. */
export function chosenParams({ manifest }: CataloguedBot): Record<string, ParamSchema> {
  const { players: _, ...properties } = paramsSchemaOf(manifest)?.properties ?? {};
  return properties;
}

/** The form as it is at first: the defaults, and where the game does not run without a parameter
 *  that has none, that of the example in its rules. */
export function newForm(game: CataloguedBot, kind: TableKind): URLSearchParams {
  const form = newTable(game.name, kind);
  const needed = requiredOf(game.manifest);
  const { bot_params, bots } = exampleFor(game);
  const example = (bot_params ?? Object(bots)[0]?.params ?? {}) as JsonObject;
  for (const [name, schema] of Object.entries(chosenParams(game))) {
    writeParam(form, `p.${name}`, schema, needed.includes(name) ? example[name] : undefined);
  }
  const { net = declaredHosts(game) } = Object(Object(bots)[0]?.manifest);
  form.set("net", net.join("\n"));
  return form;
}

/** The hosts that a game asks; none for one that asks nobody, or whom it likes. */
export function declaredHosts({ manifest: { net } }: CataloguedBot): string[] {
  return Array.isArray(net) ? net.map(String) : [];
}

interface TablePage {
  /** Absent for a table without a referee. */
  game?: CataloguedBot | undefined;
  kind: TableKind;
  filled: Filled;
  /** Absent if people have to sign in first. */
  marks: Parameters<typeof markFields>[0] | undefined;
  /** Why the form was refused. */
  refused?: Html | undefined;
}

export function tablePage({ game, kind, filled, marks, refused }: TablePage): Html {
  return (
    <>
      {refused}
      {game ? aboutGame(game) : (
        <p>
          A table without a referee: people and agents meet and talk. Whoever holds an invite sits
          down.
        </p>
      )}
      {marks === undefined ? signInFirst() : (
        <form method="post" action="/new">
          {markFields(marks)}
          <input type="hidden" name="game" value={game?.name ?? TALK} />
          {seatFields(filled, kind)}
          <p class="actions">
            <button type="submit" class="main">Open the table</button>
          </p>
          {game && gameFields(game, filled)}
          {ruleFields(filled, kind)}
          <p class="actions">
            <button type="submit" class="main">Open the table</button>
            <a class="button" href="/new">Another game</a>
          </p>
        </form>
      )}
    </>
  );
}

function aboutGame(game: CataloguedBot): Html {
  return (
    <p>
      {game.summary}. {playersText(game)}, about {game.minutes} min.{" "}
      <a href={`${gamePath(game.name)}#rules`}>Read the rules</a>
    </p>
  );
}

function gameFields(game: CataloguedBot, filled: Filled): Html | null {
  const properties = chosenParams(game);
  const hosts = declaredHosts(game);
  if (Object.keys(properties).length === 0 && hosts.length === 0) return null;
  return (
    <>
      <h2 id="game">The game</h2>
      <div class="fields">
        {paramFields(filled, "p", properties, requiredOf(game.manifest))}
        {hosts.length > 0 && field(filled, {
          name: "net",
          label: "Hosts that the referee may ask",
          help: "One a line. Name those of your own sources here, too.",
        }, (attributes) => <textarea {...attributes} rows={3}>{filled.form.get("net")}</textarea>)}
      </div>
    </>
  );
}

export function signInFirst(): Html {
  return (
    <p class="actions">
      <a class="button main" href="/login">Sign in</a> Then open this page again.
    </p>
  );
}
