/** The parts of a board over SMP group 64: the host's end and the board's end. */
export { BoardClient, type BoardClientOptions, BoardSilent, type ControlKey } from "./board-client.ts";
export * from "./board-group.ts";
export { type CounterStore, FlashCounter } from "./counter-store.ts";
export { EventLoop } from "./event-loop.ts";
export {
  PartsServer,
  type PartsServerOptions,
  type PoweredBoard,
  type ServeBoardOptions,
  ServedBoard,
} from "./parts-server.ts";
export type { RemoteDevice } from "./remote-modem.ts";
export { type RestartListener, SerialBoard, type SerialBoardOptions } from "./serial-board.ts";
export type { MessageEnd } from "./served-parts.ts";
export { type SignedCommand, sealCommand, unsealCommand } from "./signed.ts";
export { SigningClient } from "./signing-client.ts";
