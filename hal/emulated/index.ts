export { agentElf } from "./build.ts";
export { EmulatedError } from "./errors.ts";
export { type FlashRegion, flashRegions, readFlash, writeFlash } from "./flash-file.ts";
export { EmulatedBoard, type EmulatedBoardOptions } from "./launcher.ts";
export type { BootReport } from "./stimulus-line.ts";
export { missingTools, type Tool, tools } from "./tools.ts";
