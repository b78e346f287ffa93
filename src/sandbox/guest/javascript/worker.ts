/** The Worker of a sandbox host for JavaScript. It has no permissions: see serve_guest.ts. */
import { openWalls } from "../../walls/walls.ts";
import { serveGuest } from "./serve_guest.ts";

serveGuest(() => openWalls("worker"));
