/** What a Zephyr firmware is built with to have a command: the option that is missing where a board answers rc 8. */

type Options = Readonly<Record<number, string>>;
interface GroupOptions {
  /** The whole group's. */
  readonly option: string;
  readonly commands?: Options;
}

const groups: Readonly<Record<number, GroupOptions>> = {
  0: {
    option: "CONFIG_MCUMGR_GRP_OS",
    commands: {
      0: "CONFIG_MCUMGR_GRP_OS_ECHO",
      2: "CONFIG_MCUMGR_GRP_OS_TASKSTAT",
      4: "CONFIG_MCUMGR_GRP_OS_DATETIME",
      5: "CONFIG_REBOOT",
      6: "CONFIG_MCUMGR_GRP_OS_MCUMGR_PARAMS",
      7: "CONFIG_MCUMGR_GRP_OS_INFO",
      8: "CONFIG_MCUMGR_GRP_OS_BOOTLOADER_INFO",
    },
  },
  1: { option: "CONFIG_MCUMGR_GRP_IMG", commands: { 6: "CONFIG_MCUMGR_GRP_IMG_SLOT_INFO" } },
  2: { option: "CONFIG_MCUMGR_GRP_STAT" },
  3: { option: "CONFIG_MCUMGR_GRP_SETTINGS" },
  8: { option: "CONFIG_MCUMGR_GRP_FS" },
  9: { option: "CONFIG_MCUMGR_GRP_SHELL" },
  10: { option: "CONFIG_MCUMGR_GRP_ENUM" },
  63: { option: "CONFIG_MCUMGR_GRP_ZBASIC" },
};

/** What to do about a command that a board does not have. */
export function missingAdvice(group: number, command: number): string {
  const { option, commands = {} } = groups[group] ?? {};
  const named = commands[command] ?? option;
  if (named !== undefined) return `Build the board's firmware with ${named}=y (Zephyr).`;
  return group === 64
    ? "Group 64 is Meterbench's own: only firmware that lends its parts, or takes messages, has it."
    : "Build the board's firmware with that group.";
}
