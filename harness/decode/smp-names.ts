/** Names of SMP (MCUmgr) groups, commands and errors, as Zephyr numbers them. */

export const operations = ["read request", "read response", "write request", "write response"] as const;

export const groups: Readonly<Record<number, string>> = {
  0: "os",
  1: "image",
  2: "stat",
  3: "settings",
  4: "log",
  5: "run-tests",
  6: "split",
  7: "crash",
  8: "fs",
  9: "shell",
  10: "enum",
  11: "transport",
  63: "zephyr",
};

const commands: Readonly<Record<number, readonly (string | undefined)[]>> = {
  0: [
    "echo",
    "console echo",
    "task statistics",
    "memory pools",
    "date and time",
    "reset",
    "parameters",
    "application info",
    "bootloader info",
  ],
  1: ["state", "upload", "file", "core list", "core load", "erase", "slot info"],
  2: ["statistics", "list of groups"],
  3: ["read or write", "delete", "commit", "load or save"],
  8: ["download or upload", "status", "hash", "supported hashes", "close"],
  9: ["execute"],
  10: ["count", "list", "single", "details"],
  11: ["bridge", "disconnect", "status", undefined, undefined, undefined, "list", "modes", "configuration"],
  63: ["erase storage"],
};

export function commandName(group: number, id: number): string | undefined {
  return commands[group]?.[id];
}

const globalErrors = [
  "ok",
  "unknown error",
  "no memory",
  "invalid value",
  "timeout",
  "no entry",
  "bad state",
  "message too long",
  "not supported",
  "corrupt",
  "busy",
  "access denied",
  "protocol version too old",
  "protocol version too new",
];

export function errorName(rc: number): string {
  return globalErrors[rc] ?? (rc >= 256 ? "user error" : "unknown code");
}
