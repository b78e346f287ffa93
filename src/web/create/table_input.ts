/** The part of the input of `create_channel` that the fields of `table_fields.tsx` give. */
import { Refusal } from "../../kernel/refusal.ts";
import type { JsonObject } from "../../kernel/json.ts";
import type { TableKind } from "./table_fields.tsx";

/** Everything but slots and bots. */
export function tableInput(form: URLSearchParams): JsonObject {
  const play = form.get("play");
  const delay = form.get("delay")?.trim() ?? "";
  return {
    name: form.get("name") ?? "",
    visibility: form.get("visibility") ?? "private",
    spectators: form.get("spectators") ?? "off",
    spectator_delay: delay === "" ? 0 : Number(delay),
    spectators_speak: form.has("speak"),
    open_seats: form.has("open_seats"),
    sealed: play === "sealed" || play === "rated",
    rated: play === "rated",
  };
}

/** How many sit at the table. */
export function seatsWanted(form: URLSearchParams, { seats: { least, most } }: TableKind): number {
  const text = form.get("seats")?.trim() ?? "";
  const seats = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
  if (seats >= least && seats <= most) return seats;
  throw new Refusal("INVALID_REQUEST", `Players must be a whole number from ${least} to ${most}.`);
}
