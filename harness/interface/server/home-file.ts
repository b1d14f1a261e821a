/** The home of `serve --home FILE`, in YAML: devices, users, registrations. Every mistake is told with its line and column. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { type UserRole, userRoles } from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import { CodedError, messageOf } from "../../../hal/base/coded-error.ts";
import { readIsoTime } from "../../../hal/base/iso-time.ts";
import type { Registration } from "../../headend/dcc/registrations.ts";
import { type PartyName, partyIdentities, partyNames } from "../../headend/parties.ts";
import { readTextFile } from "../../input/text.ts";
import type { PremisesOptions } from "../../premises/options.ts";

const eui = z
  .string()
  .regex(
    /^(?:[0-9A-Fa-f]{2}-?){7}[0-9A-Fa-f]{2}$/,
    "expected an EUI-64: 16 hexadecimal digits, in pairs or not",
  )
  .transform((text): Eui64 => text.replaceAll("-", "").toUpperCase());
/** A party of the home by its name, or anybody by EUI-64. */
const who = z.string().transform((text, context): Eui64 => {
  if (Object.hasOwn(partyIdentities, text)) return partyIdentities[text as PartyName].eui;
  const read = eui.safeParse(text);
  if (read.success) return read.data;
  context.addIssue(`expected an EUI-64, or one of ${partyNames.join(", ")}`);
  return z.NEVER;
});
const time = z.string().refine((text) => typeof readIsoTime(text) === "number", {
  error: "expected ISO 8601, e.g. 2026-12-01T00:00:00Z",
});
const role = z.enum(Object.keys(userRoles) as [UserRole, ...UserRole[]]);
const address = z.url({ protocol: /^https?$/, error: "expected an http:// or https:// address" });

const device = z.strictObject({
  name: z.string(),
  type: z.enum(["CHF", "ESME", "SAPC"]),
  eui: eui.optional(),
  mpxn: z.string().optional(),
  /** 2: a twin-element meter. */
  elementCount: z.literal([1, 2], { error: "expected 1 or 2" }).optional(),
  /** From the hub. */
  distanceM: z.number().positive().max(1000).optional(),
});

const homeForm = z.strictObject({
  seed: z.int().min(0).max(0xffff_ffff).optional(),
  /** UTC at its beginning; default: the present. */
  start: time.optional(),
  devices: z
    .array(device)
    .min(1)
    .max(16)
    .refine((all) => all.some(({ type }) => type === "CHF"), {
      error: "expected a hub (type: CHF) among them",
    })
    .optional(),
  users: z
    .array(z.strictObject({ user: who, roles: z.array(role).min(1).optional(), push: address.optional() }))
    .max(100)
    .optional(),
  registrations: z
    .array(z.strictObject({ user: who, role, from: time.optional(), until: time.optional() }))
    .max(1000)
    .optional(),
});

export interface UserSpec {
  readonly user: Eui64;
  readonly roles?: readonly UserRole[] | undefined;
  /** Where its messages go. */
  readonly push?: string | undefined;
}

export interface HomeFile {
  readonly home: PremisesOptions;
  /** The DCC's users; undefined: the home's own parties. */
  readonly users?: readonly UserSpec[];
  readonly registrations?: readonly Registration[];
}

/** Throws `home-file/unreadable`, and `home-file/syntax` and `home-file/content` with `FILE:LINE:COLUMN`. */
export function loadHomeFile(path: string): HomeFile {
  let text: string;
  try {
    text = readTextFile(path);
  } catch (cause) {
    throw new CodedError(
      "home-file/unreadable",
      `${path}: cannot be read (${messageOf(cause)})`,
      { advice },
      cause,
    );
  }
  return readHomeFile(text, path);
}

/** The same of its text; `path` is for messages. */
export function readHomeFile(text: string, path: string): HomeFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const fault = (offset: number, kind: "syntax" | "content", message: string): CodedError => {
    const { line, col: column } = lines.linePos(offset);
    return new CodedError(`home-file/${kind}`, `${path}:${line}:${column}: ${message}`, {
      path,
      line,
      column,
      advice,
    });
  };
  const [broken] = document.errors;
  if (broken !== undefined) throw fault(broken.pos[0], "syntax", `this is no YAML: ${broken.message}`);
  const read = homeForm.safeParse(contentOf(document, fault));
  if (read.success) return homeOf(read.data);
  const [issue] = read.error.issues as [z.core.$ZodIssue];
  const [key] = issue.code === "unrecognized_keys" ? issue.keys : [];
  const at = [...issue.path, ...(key === undefined ? [] : [key])].map(String).join(".");
  throw fault(offsetOf(document, issue.path, key), "content", `${at || "home"}: ${issue.message}`);
}

const advice = `A home file that works:
    devices:
      - { name: hub, type: CHF }
      - { name: esme, type: ESME }
    users:
      - { user: supplier, push: "http://127.0.0.1:1880/smartdcc/duis" }`;

/** Aliases are resolved here, and may explode. */
function contentOf(
  document: Document,
  fault: (offset: number, kind: "syntax", message: string) => CodedError,
): unknown {
  try {
    return document.toJS({ maxAliasCount: 64 }) ?? {};
  } catch (error) {
    throw fault(0, "syntax", messageOf(error));
  }
}

/** Of a key where `key` is told, else of the value; of the nearest thing around it where nothing is there. */
function offsetOf(document: Document, path: readonly PropertyKey[], key?: string): number {
  for (let length = path.length; length >= 0; length--) {
    const found = document.getIn(path.slice(0, length), true);
    const pair = isMap(found)
      ? found.items.find((each) => isScalar(each.key) && each.key.value === key)
      : undefined;
    const node = pair?.key ?? found;
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function homeOf({ seed, start, devices, users, registrations }: z.output<typeof homeForm>): HomeFile {
  const secondsOf = (text: string | undefined) => text && Math.floor((readIsoTime(text) as number) / 1000);
  return {
    home: {
      ...(seed !== undefined && { seed }),
      ...(start !== undefined && { start }),
      ...(devices && { devices: devices.map(withoutGaps) }),
    },
    ...(users && { users }),
    ...(registrations && {
      registrations: registrations.map(({ user, role, from, until }) =>
        withoutGaps({ user, role, fromS: secondsOf(from), untilS: secondsOf(until) }),
      ) as readonly Registration[],
    }),
  };
}

const withoutGaps = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
