/** The Worker in which a browser runs JavaScript bots again. Its walls are the machine's, and the
 *  policy with which it is served: no network, and no code but its own. */
import { serveGuest } from "../../sandbox/guest/javascript/serve_guest.ts";

serveGuest(() => []);
