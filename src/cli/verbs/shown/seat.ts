/** The seat that somebody has got, in words. */
import { type Output, styled } from "../../session/output.ts";
import type { Answer } from "../../session/session.ts";

export function showSeat(out: Output, { channel_id, player_id, view }: Answer): void {
  const { label = "", display_name = label } =
    view.slots.find(({ filled_by }: Answer) => filled_by === player_id) ?? {};
  out.line("You are ", styled("bold", display_name), ` (${player_id}) in ${view.name}.`);
  out.line(styled("dim", channel_id));
  out.line(styled("dim", "Go on with mcpmp watch, mcpmp post and mcpmp move."));
}
