/** All the bots that people write. */
import { DEPTHS } from "./depths.ts";
import { FEATURES } from "./features.ts";
import { GAMES } from "./games.ts";
import { HABITS } from "./habits.ts";
import { LEFTOVERS } from "./leftovers.ts";
import { LOCALES } from "./locales.ts";
import { MISTAKES } from "./mistakes.ts";
import type { Row } from "./row.ts";
import { SHAPES } from "./shapes.ts";
import { UNAWAITED } from "./unawaited.ts";
import { VALUES } from "./values.ts";
import { WEB } from "./web.ts";
import { WHISPERS } from "./whispers.ts";

export const ROWS: readonly Row[] = [
  // First, for some of them take a second and more.
  ...DEPTHS,
  ...GAMES,
  ...FEATURES,
  ...UNAWAITED,
  ...WHISPERS,
  ...SHAPES,
  ...VALUES,
  ...LOCALES,
  ...WEB,
  ...MISTAKES,
  ...HABITS,
  ...LEFTOVERS,
];
