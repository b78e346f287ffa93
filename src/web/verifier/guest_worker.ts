/** The Worker in which a browser runs JavaScript bots again. Its walls are the machine's, and the
 *  policy with which it is served: no network, and no code but its own. */
import { serveGuest } from "../../sandbox/guest/javascript/serve_guest.ts";
import { vettedSources } from "../../sandbox/guest/javascript/vetted_sources.ts";

serveGuest(() => [], async () => {
  const modules = await vettedSources();
  return modules.map(({ source: _, ...module }) => module);
});
