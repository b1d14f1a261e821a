/** The simulated board: stricter than silicon, deterministic, with fault switches on every part. */
export * from "./board.ts";
export * from "./clock.ts";
export * from "./entropy.ts";
export * from "./ether.ts";
export * from "./flash.ts";
export * from "./frame-header.ts";
export * from "./load-profile.ts";
export * from "./load-switch.ts";
export * from "./mains.ts";
export * from "./metrology.ts";
export * from "./power.ts";
export * from "./radio.ts";
export * from "./random.ts";
export * from "./scheduler.ts";
export * from "./tamper.ts";
export * from "./user-interface.ts";
export * from "./wan.ts";
