/** DLMS payloads of the GBCS wire, by the model's types: nothing here names a use case. */
export { decodeRequest, encodeRequest } from "./access-request.ts";
export { type Answer, byResultRule, decodeResponse, encodeResponse } from "./access-response.ts";
export { type Asked, nameText } from "./addresses.ts";
export { isDlms } from "./apdu.ts";
export { readData, writeData } from "./data.ts";
export { decodeNotice, encodeNotice, noticeTypes } from "./data-notification.ts";
export { decodeHidden, encodeHidden, hiddenTypes } from "./hidden-values.ts";
export { Sink } from "./sink.ts";
