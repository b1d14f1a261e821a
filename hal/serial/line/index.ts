export * from "./errors.ts";
export * from "./find-port.ts";
export type * from "./line.ts";
export * from "./memory-line.ts";
export * from "./open-line.ts";
export * from "./playback.ts";
export * from "./ports.ts";
export { type RecordedEvent, type Recording, readRecording, recordLine } from "./recording.ts";
export * from "./session.ts";
