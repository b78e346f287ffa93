/** The page for operators. Each heading says whether its figures are of this instance alone. */
import type { Durations } from "../../sandbox/figures.ts";
import type { ChannelState } from "../../store/channel/channel_index.ts";
import type { Html } from "../frame/page.tsx";
import { channelPath } from "../pages/channel_rows.tsx";
import { table } from "../pages/markdown.tsx";
import type { Count, OperatorFigures } from "./figures.ts";

const STATES: Readonly<Record<ChannelState, string>> = {
  going: "going on",
  over: "game over",
  closed: "closed",
};
const PARTS: Readonly<Record<string, string>> = {
  store: "The database takes writes",
  sandbox: "The sandbox answers",
};

export function operatorPage(figures: OperatorFigures): Html {
  const { instance, shared, traffic } = figures;
  const { id, version, startedAt, at, memoryBytes } = instance;
  const here = shared ? <span class="quiet">(this instance)</span> : null;
  return (
    <>
      <p>
        This is instance <code>{id}</code>, version {version}, up for{" "}
        {span(at.getTime() - startedAt.getTime())}. The figures are of{" "}
        <time datetime={at.toISOString()}>{minute(at.toISOString())}</time>; reload the page for
        newer ones.
      </p>
      <p>
        {shared
          ? "Several instances may share the database. Headings with “this instance” count what this one did since its start, and another reload may show another one. The others count what is in the database."
          : "What is not in the database is counted from the start of the instance."}
      </p>
      <h2 id="health">Health {here}</h2>
      <ul>{health(figures)}</ul>
      {setup(figures)}
      {facts([
        ["Memory", bytes(memoryBytes)],
        ["Open connections", traffic.connections?.toLocaleString("en") ?? "not known here"],
        ["Pages that follow a channel", traffic.streams.toLocaleString("en")],
        ["Readers that wait for news", traffic.waiting.toLocaleString("en")],
      ])}
      <h2 id="hooks">Hooks of bots {here}</h2>
      {hooks(figures)}
      <h2 id="channels">Channels</h2>
      {channels(figures)}
      <h2 id="storage">Storage</h2>
      {storage(figures)}
      <h2 id="deliveries">Deliveries of events</h2>
      {deliveries(figures, shared)}
      <p class="quiet">This page changes nothing.</p>
    </>
  );
}

function health({ readiness: { ready: _, ...parts } }: OperatorFigures): Html[] {
  return Object.entries(parts).map(([name, works]) => (
    <li>
      {PARTS[name] ?? name}: {works ? <b>✔ yes</b> : <b class="bad">✘ no</b>}
    </li>
  ));
}

/** What is to be mended: nothing most of the time. */
function setup({ setup }: OperatorFigures): Html | null {
  if (setup.length === 0) return null;
  return (
    <>
      <h3>To mend</h3>
      <ul>
        {setup.map(({ event, consequence }) => (
          <li>
            <code>{event}</code>: <bdi>{consequence}</bdi>
          </li>
        ))}
      </ul>
    </>
  );
}

function hooks({ sandbox }: OperatorFigures): Html {
  const { pools, hooks, queues, requests } = sandbox;
  if (pools.length === 0) return <p>This server runs no bots.</p>;
  const sum = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((total, count) => total + count, 0);
  return (
    <>
      {hooks.length === 0 ? <p>No hook has run yet.</p> : table(
        ["language", "run", "failed", "half within", "95 % within"],
        hooks.map(({ language, outcomes, durations }) => {
          const { done = 0, ...failed } = outcomes;
          return [
            language,
            number(done + sum(failed)),
            sum(failed) === 0 ? "0" : `${number(sum(failed))} (${listed(failed)})`,
            ...within(durations),
          ];
        }),
      )}
      <h3>Hosts and their queue</h3>
      {table(
        ["hosts", "idle", "busy", "starting", "waiting", "killed", "half waited", "95 % waited"],
        pools.map(({ language, idle, busy, starting, waiting }) => {
          const queue = queues.find((each) => each.language === language);
          return [
            language,
            number(idle),
            number(busy),
            number(starting),
            number(waiting),
            number(queue?.kills ?? 0),
            ...within(queue?.waits ?? { half: undefined, most: undefined }),
          ];
        }),
      )}
      <p>
        Network requests of bots: {sum(requests) === 0 ? "none." : `${listed(requests)}.`}
      </p>
    </>
  );
}

function channels({ channels: { states, pending, newest } }: OperatorFigures): Html {
  return (
    <>
      {facts([
        ["Going on", counted(states.going)],
        ["Game over", counted(states.over)],
        ["Closed", counted(states.closed)],
        ["With entries before their bots", counted(pending)],
      ])}
      {newest.length > 0 && <h3>The newest</h3>}
      {newest.length > 0 && table(
        ["id", "state", "seats", "by", "made"],
        newest.map(({ id, state, visibility, taken, seats, by, at }) => [
          visibility === "public"
            ? <a href={channelPath({ channel_id: id })}>{id}</a>
            : <code>{id}</code>,
          `${STATES[state]}, ${visibility}`,
          `${taken}/${seats}`,
          by,
          minute(at),
        ]),
      )}
      <p class="quiet">
        Links lead to public channels. This page shows neither who is in a channel nor what is said.
      </p>
    </>
  );
}

function storage({ storage: { fileBytes, guests, people } }: OperatorFigures): Html {
  const limit = guests.limit === Infinity ? "no limit" : `of ${bytes(guests.limit)}`;
  return facts([
    ["File of the database", fileBytes === undefined ? "none here" : bytes(fileBytes)],
    [`For ${number(guests.owners)} guests`, `${bytes(guests.bytes)}, ${limit}`],
    [`For ${number(people.owners)} people who signed in`, bytes(people.bytes)],
  ]);
}

function deliveries({ deliveries }: OperatorFigures, shared: boolean): Html {
  const { subscriptions, failing, suspended, delivered, failed } = deliveries;
  const here = shared ? ", by this instance" : "";
  return facts([
    ["Subscriptions", counted(subscriptions)],
    ["Of these failing at the moment", number(failing)],
    ["Of these given up", number(suspended)],
    [`Posts that receivers took${here}`, number(delivered)],
    [`Posts that failed${here}`, number(failed)],
  ]);
}

type Fact = [name: string, value: string];

function facts(all: readonly Fact[]): Html {
  return (
    <dl class="facts figures">
      {all.map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}

function number(count: number): string {
  return count.toLocaleString("en");
}

function counted({ count, most }: Count): string {
  return count < most ? number(count) : `${number(most)} or more`;
}

/** "2 threw, 1 killed". */
function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${number(count)} ${name.replaceAll("_", " ")}`).join(", ");
}

function within({ half, most }: Durations): [half: string, most: string] {
  return [seconds(half), seconds(most)];
}

function seconds(bound: number | undefined): string {
  if (bound === undefined) return "–";
  if (bound === Infinity) return "more than 10 s";
  return bound < 1 ? `${bound * 1_000} ms` : `${bound} s`;
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

function bytes(count: number): string {
  const power = count < 1024 ? 0 : Math.min(4, Math.floor(Math.log2(count) / 10));
  const value = count / 1024 ** power;
  return `${value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 1 : 0 })} ${
    UNITS[power]
  }`;
}

function span(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "less than a minute";
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  return [[days, "d"], [hours, "h"], [minutes % 60, "min"]]
    .filter(([count]) => count !== 0).map((part) => part.join(" ")).join(" ");
}

function minute(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}
