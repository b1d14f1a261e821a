/**
 * Imported before anything else: tests do not see the settings of whoever runs them. Colours are decided when the first
 * module asks for them; Wireshark's are kept out by `tshark.ts`, and rig files by `command-line.ts`.
 */
process.env.NO_COLOR = "1";
delete process.env.FORCE_COLOR;
