/** A home behind the DCC user interface, over HTTP. */
export { addKeysOf, readKeyFolder } from "../given-keys.ts";
export { ServedHome, type ServeEvent } from "./served-home.ts";
export { WebServer } from "./web-server.ts";
export { writeKeys } from "./write-keys.ts";
