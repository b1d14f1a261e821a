/** The DCC user interface. */
export { variantsOf } from "./bodies.ts";
export { fitsVariant, readDuisRequest, readUserRequest, writeUserRequest } from "./duis-request.ts";
export { readResponse, writeResponse } from "./duis-response.ts";
export { correlateXml, transformXml } from "./gbcs-desk.ts";
export { readDevice, readUser, referenceDevices } from "./home-devices.ts";
export type { Inventory } from "./service-request.ts";
export { MAX_XML_BYTES } from "./xml-reader.ts";
