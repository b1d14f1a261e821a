/** The DCC user interface. */

export type { Directory } from "../headend/dcc/command-of.ts";
export { readDevice, readUser, referenceDevices } from "../headend/dcc/listed-devices.ts";
export { readDuisRequest, readUserRequest, writeUserRequest } from "./duis-request.ts";
export { readResponse, writeResponse } from "./duis-response.ts";
export { correlateXml, transformXml } from "./gbcs-desk.ts";
export { MessageParser, type Parsed } from "./mmc/index.ts";
export { MAX_XML_BYTES } from "./xml-reader.ts";
