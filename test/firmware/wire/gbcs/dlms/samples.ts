/** The DLMS payloads among the reference messages, with what a device or head end knows when it reads them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDlms } from "../../../../../firmware/wire/gbcs/dlms/index.ts";
import { gbcsWire } from "../../../../../firmware/wire/gbcs/wire.ts";
import { type Header, Kind } from "../../../../../firmware/wire/message.ts";
import { hex } from "../../../../support/shared-data.ts";

export interface Sample {
  readonly file: string;
  readonly header: Header;
  readonly payload: Uint8Array;
}

export function dlmsSamples(folder: string): Sample[] {
  return readdirSync(folder).flatMap((each) =>
    readdirSync(join(folder, each))
      .filter((file) => /\.hex$/i.test(file) && !file.includes("PRECOMMAND"))
      .map((file) => sample(file, hex(readFileSync(join(folder, each, file), "utf8"))))
      .filter(({ payload }) => isDlms(payload)),
  );
}

function sample(file: string, message: Uint8Array): Sample {
  const { header, payload } = gbcsWire.peek(message);
  return { file, header, payload };
}

export const ofKind = (samples: readonly Sample[], kind: Kind): Sample[] =>
  samples.filter(({ header }) => header.kind === kind);

/** The command that a response answers: same message code, counter, and the two parties the other way round. */
export function commandOf(samples: readonly Sample[], { header }: Sample): Sample | undefined {
  return samples.find(
    ({ header: { kind, code, counter, originator, target } }) =>
      kind === Kind.command &&
      code === header.code &&
      counter === header.counter &&
      originator === header.target &&
      target === header.originator,
  );
}
