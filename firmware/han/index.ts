/** The home network: see README.md. */
export { BlockTransfer, MAX_MESSAGE_BYTES } from "./block-transfer.ts";
export { HanCoordinator, LOG_SIZE } from "./coordinator.ts";
export { HanDevice } from "./end-device.ts";
export { installCodeValid, linkKeyOf, withCrc } from "./install-code.ts";
export type * from "./options.ts";
export type * from "./port.ts";
