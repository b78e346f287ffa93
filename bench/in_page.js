/** What the benchmark measures inside a page: runs there before the page's own scripts. */
const observed = { longestTaskMs: 0, liveMs: 0 };

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    observed.longestTaskMs = Math.max(observed.longestTaskMs, duration);
  }
}).observe({ type: "longtask", buffered: true });

function lookForLive() {
  if (document.body?.innerText.includes("Live: what is said")) observed.liveMs = performance.now();
  else requestAnimationFrame(lookForLive);
}
lookForLive();

globalThis.bench = {
  observed,
  /** The longest gap between two frames while the log is scrolled to its beginning, and back. */
  async scroll(steps) {
    const log = document.querySelector(".log");
    let longest = 0;
    let last = performance.now();
    for (let step = 0; step <= steps; step++) {
      const share = Math.abs(1 - 2 * step / steps);
      log.scrollTo({ top: share * log.scrollHeight, behavior: "instant" });
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    }
    return longest;
  },
  /** The bytes of the page and of its scripts. */
  weight() {
    const [page] = performance.getEntriesByType("navigation");
    const scripts = performance.getEntriesByType("resource")
      .filter(({ name }) => name.endsWith(".js"))
      .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0);
    return { page: page.decodedBodySize, scripts };
  },
};
