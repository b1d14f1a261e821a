/** Every reference message with an ASN.1 payload, read by its row's type and written again. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import {
  fromPlain,
  matchSteps,
  toPlain,
  type UseCase,
  useCaseByCode,
} from "../../../../../firmware/model/index.ts";
import {
  payloadType,
  readAlert,
  readCommand,
  readPayload,
  readResponse,
  writeAlert,
  writeCommand,
  writeResponse,
} from "../../../../../firmware/wire/gbcs/asn1/payload.ts";
import { writeAsn1 } from "../../../../../firmware/wire/gbcs/asn1/write.ts";
import { gbcsWire, readPreCommand } from "../../../../../firmware/wire/gbcs/wire.ts";
import { Kind } from "../../../../../firmware/wire/message.ts";
import { messageFiles, readMessageFile } from "../../../../../harness/verify/message-files.ts";
import { rtds, toHex } from "../../../../support/shared-data.ts";

interface Sample {
  readonly file: string;
  readonly row: UseCase;
  readonly kind: Kind;
  readonly payload: Uint8Array;
}

function samples(folder: string): Sample[] {
  return messageFiles([folder]).flatMap((path) => {
    const bytes = readMessageFile(path);
    const plain = basename(path).includes("PRECOMMAND");
    const { header, payload } = plain ? readPreCommand(bytes).message : gbcsWire.peek(bytes);
    const row = useCaseByCode(header.code)!;
    return row.payload === "asn1" ? [{ file: basename(path), row, kind: header.kind, payload }] : [];
  });
}

/** Payload and its bytes, read and written again through the door of its kind, as its sender writes. */
function again({ row, kind, payload }: Sample): Uint8Array {
  if (kind === Kind.command) return writeCommand(row, readCommand(row, payload), "shortest");
  if (kind === Kind.response) return writeResponse(row, readResponse(row, payload), "device");
  return writeAlert(row, readAlert(row, payload), "device");
}

describe("GBCS ASN.1: the reference messages", () => {
  let all: Sample[] = [];
  before(function () {
    all = samples(rtds(this, "messages"));
  });

  it("read as their rows' types and, written as their senders write, are the same bytes: all of them", () => {
    const counts: Record<number, number> = {};
    for (const sample of all) {
      assert.equal(toHex(again(sample)), toHex(sample.payload), sample.file);
      counts[sample.kind] = (counts[sample.kind] ?? 0) + 1;
    }
    const of = (kind: Kind) => counts[kind] ?? 0;
    const [commands, responses, alerts] = [of(Kind.command), of(Kind.response), of(Kind.alert)];
    console.log(
      `      ${commands} commands, ${responses} responses, ${alerts} alerts: ${all.length} of ${all.length}`,
    );
    assert.equal(commands + responses + alerts, all.length);
    assert.ok(commands >= 82 && responses >= 56 && alerts >= 11);
  });

  it("have values with the names of their rows", () => {
    for (const { file, row, kind, payload } of all) {
      const type = payloadType(row, kind);
      const named = fromPlain(type, readPayload(row, kind, payload));
      const lengths = kind === Kind.command ? "shortest" : "device";
      assert.equal(toHex(writeAsn1(type, toPlain(type, named), lengths)), toHex(payload), file);
    }
  });

  it("that are commands are exactly their rows' step, constants included", () => {
    for (const { file, row, kind, payload } of all) {
      if (kind !== Kind.command) continue;
      assert.equal(typeof matchSteps(row, readCommand(row, payload)), "object", file);
    }
  });

  it("of devices differ from DER in lengths of 128 to 255 alone, and read the same in DER", () => {
    let notDer = 0;
    for (const sample of all) {
      const { file, row, kind, payload } = sample;
      const type = payloadType(row, kind);
      const value = readPayload(row, kind, payload);
      const der = writeAsn1(type, value, "shortest");
      if (toHex(der) !== toHex(payload)) notDer++;
      if (toHex(der) !== toHex(payload))
        assert.ok(kind !== Kind.command && der.length < payload.length, file);
      assert.deepEqual(readPayload(row, kind, der), value, file);
    }
    console.log(`      ${notDer} payloads that are not DER`);
    assert.ok(notDer >= 10);
  });
});
