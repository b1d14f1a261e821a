/**
 * Every error code of SMP: its name, what it means, what to do about it, and what it becomes in SMP version 1, which
 * knows only the general codes. The mapping is Zephyr's; where Zephyr answers "ok" for a failed storage erase, it is
 * "unknown" here.
 */

/** rc, name, meaning, advice, general code for version 1 (1 = unknown where absent). */
type Row = readonly [rc: number, name: string, text: string, advice: string, legacy?: number];

export interface ErrorEntry {
  readonly rc: number;
  readonly name: string;
  readonly text: string;
  readonly advice: string;
  readonly legacy: number;
}

export const GENERAL = "general";

const seeLog = "Look at the board's log; reset the board and try again.";
const flashWorn = "Erase the slot and upload again; if it comes back the board's flash is failing.";
const rebuild = "Build and sign the image again with imgtool, and check it with `meterbench decode`.";
const slots = "List the images to see the board's slots and their state.";

const general: readonly Row[] = [
  [0, "ok", "no error", "Nothing to do."],
  [1, "unknown", "unknown error", seeLog],
  [
    2,
    "no-memory",
    "the board is out of memory",
    "Send smaller requests, or raise the board's buffers or heap.",
  ],
  [
    3,
    "invalid",
    "a value in the request is invalid",
    "Check the arguments against the board's firmware version.",
  ],
  [4, "timeout", "the board timed out inside", "Try again; give long work such as an erase more time."],
  [5, "no-entry", "there is no such thing", "Check the name or the hash; list what there is."],
  [6, "bad-state", "the board's state does not allow that now", slots],
  [
    7,
    "too-long",
    "request or response does not fit the buffer",
    "Send smaller requests, or raise the buffer size.",
  ],
  [
    8,
    "not-supported",
    "the board has no such command",
    "Enable the command's group in the board's firmware.",
  ],
  [9, "corrupt", "the request arrived corrupt", "Check baud rate, cable and flow control."],
  [10, "busy", "the board is busy", "Wait and try again; a reset can be forced."],
  [
    11,
    "denied",
    "access denied",
    "The board wants a signed command, or refuses this one by its configuration.",
  ],
  [12, "too-old", "this SMP version is too old for the board", "Use SMP version 2."],
  [13, "too-new", "this SMP version is too new for the board", "Use SMP version 1."],
];

const os: readonly Row[] = [
  [2, "invalid-format", "a format character is unknown", "Use letters of `s n r v b m p i o a`.", 3],
  [3, "no-answer", "the bootloader query has no answer", "Ask for `mode`, or for nothing.", 5],
  [4, "rtc-not-set", "the clock was never set", "Set date and time first.", 5],
  [5, "rtc-failed", "the clock does not answer", "Check the board's clock part and its battery."],
  [
    6,
    "query-invalid",
    "the answer to the query is invalid",
    "The bootloader may be older than the firmware.",
  ],
];

const image: readonly Row[] = [
  [2, "flash-config", "the flash layout cannot be read", "Check the board's partition table."],
  [3, "no-image", "there is no image", "Upload an image first.", 5],
  [4, "no-tlvs", "the image has no trailer records", rebuild, 5],
  [5, "bad-tlv", "a trailer record of the image is invalid", rebuild],
  [6, "multiple-hashes", "the image has more than one hash", rebuild],
  [7, "tlv-size", "a trailer record has a wrong size", rebuild],
  [8, "hash-not-found", "no slot holds an image with that hash", slots],
  [
    9,
    "no-free-slot",
    "no slot is free",
    "Confirm or revert the running test first, then erase the other slot.",
    6,
  ],
  [10, "flash-open", "the flash cannot be opened", "Check the board's partition table."],
  [11, "flash-read", "the flash cannot be read", flashWorn],
  [12, "flash-write", "the flash cannot be written", flashWorn],
  [13, "flash-erase", "the flash cannot be erased", flashWorn],
  [14, "bad-slot", "there is no such slot", slots, 3],
  [15, "no-memory", "the board is out of memory", "Reset the board; raise its heap.", 2],
  [16, "context-set", "an upload is open already", "Reset the board, then upload again."],
  [17, "context-not-set", "no upload is open", "Start again at offset 0."],
  [18, "no-flash-device", "the flash area has no device", "Check the board's partition table."],
  [
    19,
    "bad-page-offset",
    "the offset is in no flash page",
    "Check the image's length and the slot's size.",
    3,
  ],
  [20, "no-offset", "the request has no offset", "Use a client that sends `off`.", 3],
  [21, "no-length", "the first request has no length", "Use a client that sends `len` with offset 0.", 3],
  [
    22,
    "short-header",
    "the first piece is shorter than an image header",
    "Send 32 bytes or more at offset 0.",
    3,
  ],
  [
    23,
    "bad-magic",
    "this is no MCUboot image",
    "Upload the signed image, not the plain binary or a hex file.",
  ],
  [24, "bad-hash", "the hash in the request is invalid", "Send 32 bytes of SHA-256.", 3],
  [
    25,
    "bad-address",
    "the image is linked for another address",
    "Build the image for the slot it goes to.",
    3,
  ],
  [26, "no-version", "the running image's version cannot be read", seeLog],
  [27, "older", "the running image is as new or newer", "Raise the version, or upload without `upgrade`.", 6],
  [28, "already-pending", "an image is pending already", "Reset to let it run, or erase the slot.", 6],
  [29, "bad-vectors", "the image's vector table is invalid", rebuild],
  [30, "too-large", "the image does not fit the slot", "Make the image smaller, or the slot larger."],
  [31, "overrun", "more data than the announced length", "Start the upload again at offset 0."],
  [
    32,
    "confirm-denied",
    "only the running image may be confirmed",
    "Test the image first, reset, then confirm it.",
  ],
  [33, "test-denied", "the running image cannot be tested", "Upload another image, or confirm this one."],
  [34, "active-unknown", "the board does not know its active slot", "Check the board's partition table."],
];

const stat: readonly Row[] = [
  [2, "bad-group", "there is no such statistics group", "List the groups.", 5],
  [3, "bad-name", "there is no such statistic", "Read the group without a filter.", 5],
  [4, "bad-size", "a statistic has an unknown size", "Check the firmware's statistics definition.", 3],
  [5, "aborted", "reading was broken off", "Try again."],
];

const settings: readonly Row[] = [
  [2, "key-too-long", "the key is too long", "Shorten the key.", 3],
  [3, "not-found", "there is no such key", "Check the key's spelling; load the settings first.", 5],
  [4, "no-read", "this key cannot be read", "The firmware gives no read handler for it.", 5],
  [5, "no-root", "no module owns this key", "Check the part before the first slash."],
  [6, "no-write", "this key cannot be written", "The firmware gives no write handler for it."],
  [7, "no-delete", "this key cannot be deleted", "The firmware or its storage forbids it."],
  [8, "no-save", "the settings cannot be saved", "Check the board's settings storage."],
];

const fs: readonly Row[] = [
  [2, "bad-name", "the file name is invalid", "Use an absolute path of the board.", 3],
  [3, "not-found", "there is no such file", "Check the path and that it is mounted.", 5],
  [4, "is-directory", "that is a directory", "Name a file."],
  [5, "open", "the file cannot be opened", seeLog],
  [6, "seek", "the position cannot be reached", seeLog],
  [7, "read", "the file cannot be read", seeLog],
  [8, "truncate", "the file cannot be cut", seeLog],
  [9, "delete", "the file cannot be deleted", seeLog],
  [10, "write", "the file cannot be written", "Check the free space of the file system."],
  [11, "bad-offset", "the offset is not where the file ends", "Go on at the length in the reply."],
  [12, "past-end", "the offset is beyond the file", "Ask for the file's length first."],
  [13, "hash-type", "this hash is not supported", "List the supported hashes.", 3],
  [14, "no-mount", "nothing is mounted there", "Mount the file system, or check the path.", 5],
  [15, "read-only", "the file system is read-only", "Mount it writable."],
  [16, "empty", "the file is empty", "There is nothing to read."],
];

const shell: readonly Row[] = [
  [2, "too-long", "the command line is too long", "Shorten it, or raise the shell's buffer.", 3],
  [3, "empty", "the command line is empty", "Give a command.", 3],
];

const enumeration: readonly Row[] = [
  [2, "too-many", "too many groups were asked for", "Ask for fewer at once.", 3],
  [3, "no-memory", "not enough memory for the answer", "Ask for one group at a time."],
  [4, "bad-index", "there is no group with that index", "Ask for the count first."],
];

const zephyr: readonly Row[] = [
  [2, "flash-open", "the storage partition cannot be opened", "Check the board's partition table.", 5],
  [3, "flash-config", "the storage layout cannot be read", "Check the board's partition table."],
  [4, "flash-erase", "the storage partition cannot be erased", flashWorn],
];

/** hal/serial/board-group.cddl: board-error. */
const board: readonly Row[] = [
  [2, "absent", "the board has no such part", "Describe the board to see its parts.", 8],
  [3, "misuse", "the part forbids that", "Check range, alignment and order of the calls.", 3],
  [4, "fault", "the part failed", "Check the part; look at the board's events."],
  [5, "busy", "the part is busy", "Wait and try again.", 10],
  [6, "too-long", "more than the board takes at once", "Send pieces of at most `chunk` bytes.", 7],
  [
    7,
    "unsigned-refused",
    "the board wants this command signed",
    "Send it signed with the board's control key (controlKey in the rig file).",
    11,
  ],
  [8, "signature", "the signature is wrong", "Check that the control key belongs to this board.", 11],
  [9, "counter", "the counter was used before", "Sign again with a greater counter.", 11],
];

const groupTables: readonly (readonly [group: number, name: string, rows: readonly Row[]])[] = [
  [0, "os", os],
  [1, "image", image],
  [2, "stat", stat],
  [3, "settings", settings],
  [8, "fs", fs],
  [9, "shell", shell],
  [10, "enum", enumeration],
  [63, "zephyr", zephyr],
  [64, "board", board],
];

const entryOf = ([rc, name, text, advice, legacy = 1]: Row): ErrorEntry => ({
  rc,
  name,
  text,
  advice,
  legacy,
});

const generalEntries = new Map(general.map((row) => [row[0], entryOf(row)]));
/** What all groups share. */
const shared: readonly Row[] = [
  [0, "ok", "no error", "Nothing to do.", 0],
  [1, "unknown", "unknown error", seeLog, 1],
];
const groupEntries = new Map(
  groupTables.map(([group, , rows]) => [
    group,
    new Map([...shared, ...rows].map((row) => [row[0], entryOf(row)])),
  ]),
);
const groupNames = new Map(groupTables.map(([group, name]) => [group, name]));

/** Groups with a table here, and the codes each has. */
export const knownErrors = (): readonly { group: number | undefined; entries: readonly ErrorEntry[] }[] => [
  { group: undefined, entries: [...generalEntries.values()] },
  ...[...groupEntries].map(([group, entries]) => ({ group, entries: [...entries.values()] })),
];

export const groupName = (group: number): string => groupNames.get(group) ?? `group ${group}`;

/** What a code means. `group` undefined: one of the general codes. Unknown codes get an entry that says so. */
export function errorEntry(group: number | undefined, rc: number): ErrorEntry {
  const known = group === undefined ? generalEntries.get(rc) : groupEntries.get(group)?.get(rc);
  if (known !== undefined) return known;
  const where = group === undefined ? "general" : groupName(group);
  return {
    rc,
    name: `code-${rc}`,
    text:
      rc >= 256 && group === undefined
        ? `user error ${rc}`
        : `${where} error ${rc}, which has no meaning here`,
    advice: "Look the code up in the documentation of the board's firmware.",
    legacy: 1,
  };
}
