/** A home behind the DCC user interface, over HTTP. */

export { addKeysOf, readKeyFolder } from "../given-keys.ts";
export { loadHomeFile } from "./home-file.ts";
export { ServedHome, type ServeEvent } from "./served-home.ts";
export { usersOf } from "./users-of-home.ts";
export { WebServer } from "./web-server.ts";
export { writeKeys } from "./write-keys.ts";
