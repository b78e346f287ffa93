/** The page of a long channel in Chromium: its weight, the time until it is live, and how long its
 *  script keeps the browser busy while the reader scrolls and others speak. */
import { CHROMIUM, openChromium } from "../../tests/support/chromium.ts";
import type { Figure } from "../figure.ts";
import { fill } from "../fill.ts";
import { channelOf, Player } from "../player.ts";
import type { Server } from "../server.ts";
import { median, pause } from "../stats.ts";
import inPage from "../in_page.js" with { type: "text" };

const LONG = 20_000;
const LOADS = 7;
/** As many as the log shows at most. */
const SAID = 1_000;
const SCROLLS = 200;
/** Long enough for the browser to report its tasks. */
const REST_MS = 200;
/** A pause that a person notices (W3C, Long Tasks). */
const PAUSE_MS = 50;
const WATCHED = { visibility: "public", spectators: "public" };

export async function longPage({ url }: Server): Promise<Figure[]> {
  if (CHROMIUM === undefined) throw new Error("Cannot look at a page: there is no Chromium");
  const player = await Player.at(url);
  const channel = await channelOf([player], WATCHED);
  await fill(player, channel, LONG);
  const browser = await openChromium({});
  try {
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(inPage);
    // deno-lint-ignore no-explicit-any -- what `in_page.js` returns
    const ask = async (question: string): Promise<any> => await page.evaluate(question);
    /** The longest task since the last call. */
    const longestTask = async () => {
      const { longestTaskMs } = await ask("bench.observed");
      await ask("bench.observed.longestTaskMs = 0");
      return longestTaskMs;
    };
    const loads: number[] = [];
    const longest: number[] = [];
    for (let load = -1; load < LOADS; load++) {
      await page.goto(new URL(`/channels/${channel}`, url).href);
      await page.waitForFunction("bench.observed.liveMs > 0");
      await pause(REST_MS);
      if (load < 0) continue; // the first one warms up
      loads.push((await ask("bench.observed")).liveMs);
      longest.push(await longestTask());
    }
    const { page: bytes, scripts } = await ask("bench.weight()");
    await longestTask();
    await fill(player, channel, LONG + SAID);
    await page.waitForFunction(`document.querySelector('li[value="${LONG + SAID}"]') !== null`);
    await pause(REST_MS);
    const flood = await longestTask();
    const gap = await ask(`bench.scroll(${SCROLLS})`);
    await pause(REST_MS);
    const scrolled = await longestTask();
    return [
      { name: "the page, as HTML", value: bytes, unit: "B" },
      { name: "its scripts", value: scripts, unit: "B", target: { atMost: 60_000 } },
      { name: "until it is live, p50", value: median(loads), unit: "ms", target: { atMost: 300 } },
      { name: "  longest task meanwhile, p50", value: median(longest), unit: "ms" },
      {
        name: `longest task while ${SAID} entries come`,
        value: flood,
        unit: "ms",
        target: { atMost: PAUSE_MS },
      },
      {
        name: `longest task while ${SAID} entries are scrolled`,
        value: scrolled,
        unit: "ms",
        target: { atMost: PAUSE_MS },
      },
      { name: "  longest gap between two frames", value: gap, unit: "ms" },
    ];
  } finally {
    await browser.close();
    player.close();
  }
}
