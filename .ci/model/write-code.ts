/** Writes the generated TypeScript: one row of a table, one line; numbers and names as the tables pin them. */
import { list } from "./check-model.ts";
import type { MemberMade, MessageMade, ModelMade, ObjectMade } from "./read-model.ts";
import type { Row } from "./tables.ts";

const note = "// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.";

/** File name (in firmware/model/generated) to text. */
export function generatedCode(model: ModelMade): Map<string, string> {
  const files = new Map<string, string>();
  files.set("value-types.ts", valueTypes(model));
  const objectFiles = grouped(model.objects, (o) => classFile[o.row.class!] ?? "setting-objects");
  for (const [name, objects] of objectFiles) files.set(`${name}.ts`, objectFile(objects));
  files.set("clusters.ts", objectFile(model.clusters));
  files.set("objects.ts", objectIndex(objectFiles, model.clusters));
  const messageFiles = grouped(model.messages, messageFile);
  for (const [name, messages] of messageFiles) files.set(`${name}.ts`, messageRows(name, messages));
  files.set("messages.ts", messageIndex([...messageFiles.keys()]));
  files.set("alerts.ts", alertRows(model.tables.alerts));
  files.set("requests.ts", requestRows(model.tables.requests));
  return files;
}

const lines = (...parts: (string | readonly string[])[]): string => `${parts.flat().join("\n")}\n`;

function grouped<T>(items: readonly T[], of: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(of(item), [...(groups.get(of(item)) ?? []), item]);
  return groups;
}

const constName = (file: string): string =>
  file.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

// --- types -------------------------------------------------------------------------------------------------

function valueTypes({ types, tables }: ModelMade): string {
  const words = new Map(tables.types.map((row) => [row.name, row.words]));
  const rows = [...types].flatMap(([name, made]) => [
    `/** ${sentence(words.get(name) ?? "")} */`,
    `export const ${name} = ${made.code};`,
  ]);
  return lines(note, 'import * as t from "../make-types.ts";', "", rows);
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

// --- objects -----------------------------------------------------------------------------------------------

/** Which file a COSEM class is written to: registers, logs, calendars, payment, services; settings are the rest. */
const classFile: Readonly<Record<string, string>> = {
  1: "data-objects",
  3: "register-objects",
  4: "register-objects",
  7: "log-objects",
  8: "calendar-objects",
  10: "calendar-objects",
  11: "calendar-objects",
  20: "calendar-objects",
  22: "calendar-objects",
  111: "payment-objects",
  112: "payment-objects",
  113: "payment-objects",
  115: "payment-objects",
  0: "service-objects",
};

function objectFile(objects: readonly ObjectMade[]): string {
  const rows = objects.map(objectRow);
  const text = rows.join("\n");
  const makers = ["attribute", "cosem", "method", "zclCluster"].filter((name) => text.includes(`${name}(`));
  return lines(
    note,
    `import { ${makers.join(", ")} } from "../define.ts";`,
    /[ (]t\./.test(text) ? ['import * as t from "../make-types.ts";'] : [],
    /[ (]v\./.test(text) ? ['import * as v from "./value-types.ts";'] : [],
    "",
    rows,
  );
}

function objectRow({ row, name, members }: ObjectMade): string {
  const group = (kind: MemberMade["kind"]) => {
    const own = members.filter((member) => member.kind === kind);
    if (own.length === 0) return [`${kind}s: {},`];
    return [`${kind}s: {`, ...own.map((m) => `  ${m.name}: ${memberCode(m)},`), "},"];
  };
  const head =
    row.cluster === undefined
      ? `cosem(${row.id}, "${name}", ${row.class}, "${row.obis}", {`
      : `zclCluster(${row.id}, "${name}", 0x${row.cluster}, {`;
  const doc = `/** ${sentence(row.words!)} */`;
  const body = [...group("attribute"), ...group("method")];
  if (members.length < 2) return `${doc}\nexport const ${name} = ${head} ${oneLine(body)} });`;
  return [doc, `export const ${name} = ${head}`, ...body.map((line) => `  ${line}`), "});"].join("\n");
}

const oneLine = (body: readonly string[]): string =>
  body
    .map((line) => line.trim())
    .join(" ")
    .replaceAll(", }", " }")
    .replace(/,$/, "");

function memberCode({ kind, no, type, extra, access, row }: MemberMade): string {
  const more = extra === undefined ? "" : `, ${extra.code}`;
  if (kind === "attribute") return `attribute(${number(no)}, "${access ?? "get"}", ${type.code}${more})`;
  if (row.cluster === undefined) return `method(${no}, ${type.code}${more})`;
  const zcl = [
    `id: 0x${row.no}`,
    `by: "${row.by}"`,
    ...(row.frame ? [`frame: 0x${row.frame}`] : []),
    ...(row.replyFrame ? [`replyFrame: 0x${row.replyFrame}`] : []),
    ...(row.reply ? [`reply: "${row.reply}"`] : []),
  ];
  return `method(${number(no)}, ${type.code}, undefined, { ${zcl.join(", ")} })`;
}

const number = (no: number): string => (no > 255 ? `0x${no.toString(16)}` : String(no));

function objectIndex(
  files: ReadonlyMap<string, readonly ObjectMade[]>,
  clusters: readonly ObjectMade[],
): string {
  const all = [...files].map(([file]) => file).sort();
  return lines(
    note,
    [...all, "clusters"].sort().map((file) => `import * as ${constName(file)} from "./${file}.ts";`),
    "",
    "/** Every object by name; short numbers are for ever. */",
    `export const objects = { ${all.map((file) => `...${constName(file)}`).join(", ")}, ...clusters } as const;`,
    "export type Objects = typeof objects;",
    "export type ObjectName = keyof Objects;",
    "",
    `/** Names of the ${clusters.length} clusters; the others are COSEM objects and services. */`,
    `export type ClusterName = ${clusters.map(({ name }) => `"${name}"`).join(" | ")};`,
  );
}

// --- messages ----------------------------------------------------------------------------------------------

/** Commands by payload, the many of DLMS by the first part of their service request; reads and alerts apart. */
function messageFile({ row, operations }: MessageMade): string {
  if (row.kind === "alert") return "alert-messages";
  if (row.payload === "asn1") return "service-messages";
  const part = Number.parseInt(row.requests || "9", 10);
  const reads = operations.every(({ row: { kind } }) => kind === "get" || kind === "read");
  if (row.payload !== "dlms") return part === 4 || reads ? "gas-reading-messages" : "gas-messages";
  if (part <= 3) return "payment-messages";
  if (part === 4) return "reading-messages";
  if (part !== 6) return "control-messages";
  return reads ? "setting-reading-messages" : "setting-messages";
}

function messageRows(file: string, messages: readonly MessageMade[]): string {
  const rows = messages.flatMap(messageRow);
  const text = rows.join("\n");
  const verbs = ["call", "get", "read", "send", "set"].filter((verb) => text.includes(` ${verb}(`));
  return lines(
    note,
    text.includes("hex(") ? ['import { fromHex as hex } from "../../../hal/base/hex.ts";'] : [],
    verbs.length === 0
      ? 'import type { MessageRow } from "../define.ts";'
      : `import { ${[...verbs, "type MessageRow"].sort(byImportedName).join(", ")} } from "../define.ts";`,
    /[ (]t\./.test(text) ? ['import * as t from "../make-types.ts";'] : [],
    /[ (]v\./.test(text) ? ['import * as v from "./value-types.ts";'] : [],
    "",
    `export const ${constName(file)} = {`,
    rows.map((row) => `  ${row}`),
    "} as const satisfies Record<string, MessageRow>;",
  );
}

function messageRow({ row, id, operations, grants, body }: MessageMade): string[] {
  const head = [
    `code: 0x${row.code}`,
    `title: ${JSON.stringify(row.title)}`,
    `kind: "${row.kind}"`,
    `payload: "${row.payload}"`,
    `devices: ${strings(row.devices)}`,
    `requests: ${strings(row.requests)}`,
  ];
  const flags = ["futureDated", "replayProtected", "sensitive", "stamped"].map(
    (flag) => `${flag}: ${row[flag] === "yes"}`,
  );
  const more = [
    ...flags,
    ...(row.protector ? [`protector: "${row.protector}"`] : []),
    ...(row.outcome ? [`outcome: 0x${row.outcome}`] : []),
    ...(row.protection ? [`alert: { protection: "${row.protection}", body: ${body?.code} }`] : []),
  ];
  return [
    `${id}: {`,
    `  ${head.join(", ")},`,
    `  ${more.join(", ")},`,
    ...block(
      "grants",
      grants.map((grant) => grantCode(grant, row.replayProtected!)),
    ),
    ...block("does", operations.map(operationCode)),
    "},",
  ];
}

/** As the linter sorts imports: by name, whatever the case, types among the others. */
const byImportedName = (a: string, b: string): number =>
  a.replace("type ", "").toLowerCase() < b.replace("type ", "").toLowerCase() ? -1 : 1;

const block = (name: string, items: readonly string[]): string[] =>
  items.length === 0 ? [`  ${name}: [],`] : [`  ${name}: [`, ...items.map((item) => `    ${item},`), "  ],"];

function grantCode(row: Row, replayProtected: string): string {
  const replay = (row.replay || replayProtected) === "yes";
  const devices = row.devices ? `, devices: ${strings(row.devices)}` : "";
  return `{ role: "${row.role}", protection: "${row.protection}", response: "${row.response}", replayProtected: ${replay}${devices} }`;
}

function operationCode({ row, path, constant, times }: MessageMade["operations"][number]): string {
  const rest = [
    ...(constant ? [`constant: ${constant}`] : []),
    ...(times[0] === 1 && times[1] === 1 ? [] : [`times: [${times.join(", ")}]`]),
    ...(row.fromTime === "yes" ? ["fromTime: true"] : []),
  ];
  return `${row.kind}("${path}"${rest.length > 0 ? `, { ${rest.join(", ")} }` : ""})`;
}

function messageIndex(files: readonly string[]): string {
  const all = [...files].sort();
  return lines(
    note,
    all.map((file) => `import { ${constName(file)} } from "./${file}.ts";`),
    "",
    "/** The whole message set by use case. */",
    "export const messages = {",
    all.map((file) => `  ...${constName(file)},`),
    "} as const;",
    "export type MessageId = keyof typeof messages;",
  );
}

// --- alerts and requests -----------------------------------------------------------------------------------

const strings = (cell: string | undefined): string =>
  `[${list(cell)
    .map((part) => `"${part}"`)
    .join(", ")}]`;

function alertRows(rows: readonly Row[]): string {
  const row = (r: Row) => {
    const parts = [
      `code: 0x${r.code}`,
      `words: ${JSON.stringify(r.words)}`,
      `devices: ${strings(r.devices)}`,
      `wan: "${r.wan}"`,
      `han: ${r.han === "yes"}`,
      `logs: ${strings(r.logs)}`,
      `recipients: ${strings(r.recipients)}`,
      `messages: ${strings(r.messages)}`,
      `source: "${r.source}"`,
    ];
    return `  ${r.name}: { ${parts.join(", ")} },`;
  };
  return lines(
    note,
    'import type { AlertRow } from "../define.ts";',
    "",
    "export const alerts = {",
    rows.map(row),
    "} as const satisfies Record<string, AlertRow>;",
    "export type AlertName = keyof typeof alerts;",
  );
}

function requestRows(rows: readonly Row[]): string {
  const row = (r: Row) => {
    const parts = [
      `title: ${JSON.stringify(r.title)}`,
      ...["critical", "onDemand", "scheduled"].map((flag) => `${flag}: ${r[flag] === "yes"}`),
      `futureDated: ${r.futureDated === "no" ? "[]" : strings(r.futureDated)}`,
      `userRoles: ${strings(r.userRoles)}`,
      `useCases: ${strings(r.useCases)}`,
    ];
    return `  "${r.reference}": { ${parts.join(", ")} },`;
  };
  return lines(
    note,
    'import type { RequestRow } from "../define.ts";',
    "",
    "export const requests = {",
    rows.map(row),
    "} as const satisfies Record<string, RequestRow>;",
    "export type RequestReference = keyof typeof requests;",
  );
}
