/** Writes the pages of docs/model: what a stranger needs beside `message.cddl` to speak the COSE wire, and names for all else. */
import { cells, cellText } from "../../firmware/model/cells.ts";
import { devices } from "../../firmware/model/devices.ts";
import { roles, userRoles } from "../../firmware/model/roles.ts";
import { list } from "./check-model.ts";
import type { MessageMade, ModelMade, ObjectMade } from "./read-model.ts";
import type { Row } from "./tables.ts";

const note = "<!-- Made from firmware/model/tables by `npm run model`. -->";

/** File name (in docs/model) to text. */
export function generatedDocs(model: ModelMade): Map<string, string> {
  const { tables } = model;
  return new Map([
    ["README.md", front],
    ["types.md", types(tables.types)],
    ["objects.md", objectPage(model.objects, "Objects", objectWords)],
    ["clusters.md", objectPage(model.clusters, "Clusters", clusterWords)],
    ["use-cases.md", useCases(model.messages)],
    ["roles.md", rolePage()],
    ["alerts.md", alertPage(tables.alerts, model.messages)],
    ["requests.md", requestPage(tables.requests)],
    ["corrections.md", correctionPage(model)],
  ]);
}

const page = (title: string, ...parts: (string | readonly string[])[]): string =>
  `${[note, "", `# ${title}`, "", ...parts.flat()].join("\n")}\n`;

/** A Markdown table; a bar in a cell is escaped. */
function grid(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

const code = (text: string | undefined): string => (text ? `\`${text}\`` : "");

const front = page(
  "The message set",
  "Written from the tables in `firmware/model/tables`; numbers in them are for ever. [How a head end speaks to a device](../head-end.md) says what else one needs.",
  "",
  "- [objects](objects.md) and [clusters](clusters.md): what devices show, with their short numbers, members and types",
  "- [types](types.md): the types by name, and how a value looks without its names on the COSE wire",
  "- [use cases](use-cases.md): message codes, operations with their constants, who may send them and how protected; alerts' messages",
  "- [roles](roles.md): parties, users, trust anchor cells, device types, and whose key makes which signature and MAC",
  "- [alerts](alerts.md): event codes, where they are logged, who is told",
  "- [requests](requests.md): service requests and the use cases they become",
  "- [corrections](corrections.md): where the tables differ from what they were taken from, and why",
);

// --- types and objects ---------------------------------------------------------------------------------------

const plainWords = [
  "On the COSE wire a value travels without names:",
  "",
  ...grid(
    ["type", "value"],
    [
      [
        "`u8` `u16` `u24` `u32` `u48` `u64`, `i8` `i16` `i32`, `map8` `map16` `map32`",
        "an integer; (a..b) narrows its range",
      ],
      ["`names(form, name 1, …)`", "the name's number"],
      ["`boolean`, `nothing`", "true or false; null, and as a result nothing at all"],
      [
        "`octets(n)`, `octets(a..b)`, `item(n)`, `remainder(n)`",
        "a byte string; an item is one whole encoded thing of its own",
      ],
      ["`text(form, a..b)`", "text"],
      ["`bits(n)`", "text of 0 and 1, first bit first"],
      ["`dateTime`, `weekdayTime`, `timestamp`", "UTC seconds since 1970; 0 is now, 4294967295 is never"],
      [
        "`calendarDate`, `calendarTime`, `calendarDateTime`",
        "a byte string of 5, 4 or 12 octets as COSEM has them",
      ],
      ["`array(T, a..b)`, `table(T, n)`, `rest(T, n)`, `times(field, T, n)`", "an array of T"],
      ["`{ name: T, … }`", "an array of the members in their order"],
      ["`choice(name: T, …)`", "an array: index of the form from 0, its value"],
      ["`optional(T)`", "T, or null when left out"],
      ["`twin(T)`", "T; left out without a trace on meters with one element"],
      ["`tagged(n, T)`, `default(T, name)`", "T (tag and default are ASN.1's)"],
    ],
  ),
];

const types = (rows: readonly Row[]): string =>
  page(
    "Types",
    plainWords,
    "",
    grid(
      ["name", "type", "meaning"],
      rows.map((row) => [code(row.name), code(row.type), row.words!]),
    ),
  );

const objectWords =
  "The number is the object's name on the COSE wire; class and OBIS name it in DLMS; class 0 are services with a payload of their own.";
const clusterWords =
  "The number is the cluster's name on the COSE wire. Commands that a server sends have 256 added to their ZCL number there.";

const objectPage = (objects: readonly ObjectMade[], title: string, words: string): string =>
  page(title, words, objects.flatMap(objectPart));

function objectPart({ row, name, members }: ObjectMade): string[] {
  const where =
    row.cluster === undefined ? `class ${row.class} ${row.obis ?? ""}`.trim() : `cluster ${row.cluster}`;
  const rows = members.map((m) => [
    m.kind,
    String(m.no),
    code(m.name),
    code(m.row.type),
    m.kind === "attribute" ? (m.access ?? "") : "call",
    m.row.extra ? `${m.kind === "attribute" ? "selector" : "returns"} ${code(m.row.extra)}` : "",
  ]);
  return [
    "",
    `## ${row.id} ${name}`,
    "",
    `${where}: ${row.words}`,
    "",
    ...grid(["member", "no", "name", "type", "use", ""], rows),
  ];
}

// --- use cases -----------------------------------------------------------------------------------------------

const useCases = (messages: readonly MessageMade[]): string =>
  page(
    "Use cases",
    "Steps in order; a command consists of exactly these, and of the values they fix. A response has one result for each: of a get the member's value, of a call what it returns. Fixed is a value, or members of one by name; NEVER is 4294967295.",
    "",
    "May send it: roles, each with the protection of its command and of the response ([whose keys](roles.md#whose-key)). An alert's values are the members after its code and time, in order.",
    messages.flatMap(messagePart),
  );

function messagePart({ row, id, operations, grants }: MessageMade): string[] {
  const marks = [
    ...(row.requests ? [`request ${list(row.requests).join(", ")}`] : []),
    ...(row.futureDated === "yes" ? [`may be future-dated, outcome by alert ${row.outcome}`] : []),
    ...(row.kind === "command"
      ? [row.replayProtected === "yes" ? "replay-protected" : "not replay-protected"]
      : []),
    ...(row.sensitive === "yes" ? ["values travel encrypted"] : []),
    ...(row.kind === "alert" ? [row.protection === "mac" ? "MACed" : "signed"] : []),
    ...(row.kind === "local" ? ["between devices of the home"] : []),
  ];
  const may = grants.map((grant) => {
    const where = grant.devices ? ` on ${list(grant.devices).join(", ")}` : "";
    return `${grant.role}${where} (${grant.protection}; response: ${grant.response})`;
  });
  const steps = operations.map(({ row: step, path }, i) => [
    String(i + 1),
    step.kind!,
    code(path),
    step.constant ? code(step.constant) : "",
    step.times ? `${step.times} times` : "",
  ]);
  return [
    "",
    `## ${id} (${row.code})`,
    "",
    `${row.title}: ${list(row.devices).join(", ")}; ${row.payload}; ${marks.join("; ")}`,
    ...(may.length > 0 ? ["", `May send it: ${may.join(", ")}`] : []),
    ...(row.body ? ["", `After code and time: ${code(row.body)}`] : []),
    ...(steps.length > 0 ? ["", ...grid(["", "step", "member", "fixed", ""], steps)] : []),
  ];
}

// --- roles, alerts, requests ---------------------------------------------------------------------------------

const keys = grid(
  ["what", "signature", "MAC"],
  [
    [
      "command, `signature+mac`",
      "originator's signing key",
      "of the signed command: ACB's agreement key and the device's",
    ],
    ["command, `mac`", "none", "ACB's agreement key and the device's, whoever the originator is"],
    ["command, `signature`", "originator's signing key", "none"],
    ["response or alert, `signature`", "device's signing key", "none"],
    [
      "response or alert, `mac`",
      "none",
      "device's agreement key and that of the party in the header's target",
    ],
    [
      "results of a use case whose values travel encrypted",
      "",
      "no MAC, but encryption: device's agreement key and that of the party in the header's target",
    ],
  ],
);

function rolePage(): string {
  const users = Object.entries(userRoles).map(([letters, row]) => [letters, row.words, row.role]);
  const cellRows = cells.map((row) => [code(cellText(row)), row.devices.join(", ")]);
  const deviceRows = Object.entries(devices).map(([name, row]) => [
    name,
    row.words,
    row.category,
    String(row.joinNumber ?? ""),
    String(row.logNumber ?? ""),
    row.duis ?? "",
    row.overseer,
  ]);
  return page(
    "Roles, cells, devices",
    grid(
      ["role", "number", "who"],
      Object.entries(roles).map(([role, row]) => [role, String(row.number), row.words]),
    ),
    ["", "## Whose key", ""],
    keys,
    [
      "",
      "## Users of the DCC",
      "",
      "A device knows a user by this role; for those it does not know the ACB speaks.",
      "",
    ],
    grid(["letters", "who", "role"], users),
    ["", "## Trust anchor cells", "", "Role, usage, and 0 management or 1 prepayment top-up.", ""],
    grid(["cell", "devices"], cellRows),
    ["", "## Device types", ""],
    grid(
      ["type", "what", "category", "number in joins", "number in the hub's log", "DUIS", "overseer"],
      deviceRows,
    ),
  );
}

function alertPage(rows: readonly Row[], messages: readonly MessageMade[]): string {
  const codes = new Map(messages.map(({ id, row }) => [id, row.code!]));
  return page(
    "Alerts",
    "Logs: a hub has no power log and uses its event log. To: `overseer` is who oversees the device ([roles](roles.md)), `originator` whoever sent the command. Messages: the message that carries it, whose protection and values [use cases](use-cases.md) has; more than one: by device or by what it tells.",
    "",
    "`measured`: a reference message has it; `manual`: a maker's table; `old text`: an older edition; `name`: deduced from its name.",
    "",
    grid(
      ["code", "name", "meaning", "devices", "WAN", "HAN", "logs", "to", "messages", "known from"],
      rows.map((row) => [
        row.code!,
        code(row.name),
        row.words!,
        list(row.devices).join(" "),
        row.wan!,
        row.han!,
        list(row.logs).join(" "),
        list(row.recipients).join(" "),
        list(row.messages)
          .map((id) => `${id} (${codes.get(id)})`)
          .join(" "),
        row.source!,
      ]),
    ),
  );
}

const requestPage = (rows: readonly Row[]): string =>
  page(
    "Service requests",
    grid(
      ["reference", "title", "critical", "on demand", "future-dated by", "scheduled", "users", "use cases"],
      rows.map((row) => [
        row.reference!,
        row.title!,
        row.critical!,
        row.onDemand!,
        row.futureDated!,
        row.scheduled!,
        list(row.userRoles).join(" "),
        list(row.useCases).join(" "),
      ]),
    ),
  );

const correctionPage = ({ corrections }: ModelMade): string =>
  page(
    "Corrections",
    grid(
      ["table", "row", "column", "was", "is", "why"],
      corrections.map(({ table, key, column, was, is, reason }) => [
        table,
        key,
        column,
        code(was),
        code(is),
        reason,
      ]),
    ),
  );
