/** Why published requests do not give their published commands: what to change in a request so that it does. */
import {
  fromPlain,
  type Plain,
  toPlain,
  useCaseByCode,
  type ValueType,
} from "../../../firmware/model/index.ts";
import { readAsn1 } from "../../../firmware/wire/gbcs/asn1/read.ts";
import type { Operation } from "../../../firmware/wire/message.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import { correlate } from "../../../harness/headend/correlate.ts";
import { type Directory, transformXml } from "../../../harness/interface/index.ts";
import { contentOf } from "../../firmware/model/content.ts";
import { comparedOf, inventoriesOf, type Pair } from "./reference-pairs.ts";

interface Difference {
  readonly why: string;
  /** What the request would have to say. */
  readonly edits?: readonly (readonly [from: string, to: string])[];
  /** What the command would have to carry, where no request can say it. */
  readonly carried?: (value: Fields) => Fields;
}
type Fields = Readonly<Record<string, unknown>>;

/** Besides certificates. Request and command are of different editions of the set. */
const known: Readonly<Record<string, Difference>> = {
  "CS02bSupplierByTransCoS_6.23_CANCELLATION_SUCCESS": {
    why: "the command has no floors of the supplier's counters, which the request gives, and must",
    carried: ({ control, ...rest }) => ({ ...rest, control: { ...(control as Fields), floors: undefined } }),
  },
  "ECS25a_6.22_SUCCESS": {
    why: "the command switches alerts 81C4 and 81C5 off, and leaves 81B7 alone, which the request switches on",
    edits: [
      ["<sr:x81B7>Enable</sr:x81B7>", ""],
      [
        "</sr:SupplierESMECommon>",
        "<sr:x81C4>Disable</sr:x81C4><sr:x81C5>Disable</sr:x81C5></sr:SupplierESMECommon>",
      ],
    ],
  },
  "ECS25b_6.22_SUCCESS": {
    why: "the command leaves alert 8003 alone, which the request switches on",
    edits: [["<sr:x8003>Enable</sr:x8003>", ""]],
  },
};

/** Why a pair differs, proven: with that changed its command is the reference's. Undefined where nothing known explains it. */
export function reasonOf(pair: Pair): string | undefined {
  const { why, edits = [], carried } = known[pair.file.replace(/_REQUEST_DUIS\.XML$/, "")] ?? {};
  const { xml, count } = withCertificatesOf(pair);
  const edited = edits.reduce((text, [from, to]) => text.replace(from, to), xml);
  const expected = Buffer.from(comparedOf(pair));
  const isExplained = inventoriesOf(pair).some((inventory) => {
    const { command, steps } = transformXml(edited, inventory).preCommand;
    const [operation, ...more] = command.operations;
    const operations =
      carried === undefined ? command.operations : [changed(operation!, steps[0]!.carries, carried), ...more];
    const message = suites.gbcs.wire.encode({ ...command, operations });
    return expected.equals(comparedOf({ ...pair, message }));
  });
  if (!isExplained) return undefined;
  const certificates = count > 0 ? [`${count} certificates are of another edition`] : [];
  return [...certificates, ...(why === undefined ? [] : [why])].join("; ");
}

/** Where the reference's command parts from the request, by the independent decode. */
export function differenceOf({ xml, message, inventory }: Pair & { readonly inventory: Directory }): string {
  const { content } = contentOf(message);
  const from = message[0] === 0xdf ? 0 : message.indexOf(0xdf, 8);
  const whole = message.subarray(from, Buffer.from(message).indexOf(content) + content.length);
  try {
    correlate(whole, transformXml(xml, inventory).preCommand.request);
  } catch (error) {
    return (error as Error).message.slice(0, 300);
  }
  return "the octets alone differ";
}

const changed = (operation: Operation, type: ValueType, carried: (value: Fields) => Fields): Operation => {
  const value = fromPlain(type, operation.value as Plain, "command") as Fields;
  return { ...operation, value: toPlain(type, carried(value)) };
};

/** The request with the command's certificates, in their order, in the place of those that the command does not have. */
function withCertificatesOf({ xml, message }: Pair): { readonly xml: string; readonly count: number } {
  const encoded = certificatesOf(message).map((octets) => Buffer.from(octets).toString("base64"));
  const asked = [...xml.matchAll(/Certificate>([A-Za-z0-9+/=\s]{100,})</g)].map(([, text]) => text!);
  const own = asked.map((text) => text.replace(/\s/g, ""));
  const put = encoded.filter((text) => !own.includes(text));
  const gone = asked.filter((_, i) => !encoded.includes(own[i]!));
  const changed = gone.reduce((text, from, i) => text.replace(from, put[i] ?? from), xml);
  return { xml: changed, count: gone.length };
}

function certificatesOf(message: Uint8Array): Uint8Array[] {
  const { code, content } = contentOf(message);
  const [step] = useCaseByCode(code)?.steps ?? [];
  if (step === undefined || content[0] !== 0x30) return [];
  const found: Uint8Array[] = [];
  readAsn1(step.carries, content, step.path, ({ type, value }) => {
    if (type.kind === "octets" && type.form === "item") found.push(value as Uint8Array);
  });
  return found;
}
