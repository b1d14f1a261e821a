/** The tables held against the reference messages: each command is exactly the steps of its row, types and constants included. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Fields,
  matchSteps,
  type Plain,
  plainFault,
  useCaseByCode,
} from "../../../firmware/model/index.ts";
import { hex, rtds } from "../../support/shared-data.ts";
import { asn1Value, members, nodes } from "./asn1-payload.ts";
import { contentOf } from "./content.ts";
import { open } from "./decrypt.ts";
import { dlmsAlertBody, dlmsOperations, dlmsResults, openedValues, sealedAnswer } from "./dlms-payload.ts";
import { gbzOperations, gbzReplies } from "./gbz-payload.ts";

interface Sample {
  readonly folder: string;
  readonly file: string;
  readonly message: Uint8Array;
}

function samples(folder: string): Sample[] {
  return readdirSync(folder).flatMap((each) =>
    readdirSync(join(folder, each))
      .filter((file) => /\.hex$/i.test(file) && !file.includes("PRECOMMAND"))
      .map((file) => ({ folder: each, file, message: hex(readFileSync(join(folder, each, file), "utf8")) })),
  );
}

/** Front of a reference folder's use case that a row has no name of its own for: variants of one message. */
const variants =
  /(?:MAC|Signature|Critical|NonCritical|Handover|Commission|Activate|Deactivate|Reset|Add|Remove)$/;
const alertNames: Readonly<Record<string, string>> = {
  FDRA: "FDRA",
  GCA: "GCA",
  GNCA: "GNCA",
  MIIWA: "MIIWA",
};

/** Runs `read` for a sample, and names the file where it throws. */
function of<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

describe("model: the reference messages", () => {
  let all: Sample[] = [];
  before(function () {
    all = samples(rtds(this, "messages"));
  });
  const commands = () => all.filter(({ file }) => file.includes("COMMAND"));

  it("each have a row, by message code and by name", () => {
    const folders = new Set<string>();
    for (const { folder, file, message } of all) {
      const { code } = contentOf(message);
      const row = useCaseByCode(code);
      assert.ok(row, `${file}: no row for ${code.toString(16)}`);
      const name = folder.slice(folder.indexOf("_") + 1);
      const known = name.replace(variants, "").replace(/-.*/, "");
      // Alerts that tell of a command stand in the command's folder, under rows of their own.
      const outcome =
        (row.kind === "alert" && !folder.startsWith("NA_")) || /^FDO|^FDRAG$|^MIIWAG$/.test(row.id);
      // One reference file of CS04B carries the code of CS04AC.
      if (!outcome && known !== "CS04B") assert.equal(row.id, alertNames[known] ?? known, file);
      const reference = folder.slice(0, folder.indexOf("_"));
      if (row.kind === "command" && reference !== "NA" && known !== "CS04B")
        assert.ok(row.requests.includes(reference), `${file}: ${row.id} has no request ${reference}`);
      folders.add(folder);
    }
    assert.ok(folders.size > 200);
  });

  it("with a DLMS payload are their rows' steps, with their types and constants", () => {
    let count = 0;
    for (const { file, message } of commands()) {
      const { code, content } = contentOf(message);
      if (content[0] !== 0xd9) continue;
      const matched = matchSteps(useCaseByCode(code)!, dlmsOperations(content));
      assert.equal(typeof matched, "object", `${file}: ${matched}`);
      count++;
    }
    assert.ok(count > 180, `${count} commands`);
  });

  it("with a GBZ payload are their rows' steps, with their types and constants", () => {
    let count = 0;
    for (const { file, message } of commands()) {
      const { code, content } = contentOf(message);
      if (content[0] !== 0x01 || content[1] !== 0x09) continue;
      const matched = matchSteps(useCaseByCode(code)!, gbzOperations(content));
      assert.equal(typeof matched, "object", `${file}: ${matched}`);
      count++;
    }
    assert.ok(count > 60, `${count} commands`);
  });

  it("with an ASN.1 payload are their rows' one step, with its type", () => {
    let count = 0;
    for (const { file, message } of commands()) {
      const { code, content } = contentOf(message);
      const row = useCaseByCode(code)!;
      if (row.payload !== "asn1") continue;
      const { target, no, carries } = row.steps[0]!;
      const value = of(file, () => asn1Value(carries, nodes(content)[0]));
      const matched = matchSteps(row, [{ kind: "call", object: target.id, member: no, value }]);
      assert.equal(typeof matched, "object", `${file}: ${matched}`);
      count++;
    }
    assert.ok(count > 50, `${count} commands`);
  });

  it("that answer in ASN.1 have the type that the step gives", () => {
    let count = 0;
    for (const { file, message } of all.filter((each) => each.file.includes("RESPONSE"))) {
      const { code, content } = contentOf(message);
      const row = useCaseByCode(code)!;
      if (row.payload !== "asn1") continue;
      const { gives } = row.steps[0]!;
      assert.equal(
        plainFault(
          gives,
          of(file, () => asn1Value(gives, nodes(content)[0])),
          file,
        ),
        undefined,
      );
      count++;
    }
    assert.ok(count > 50, `${count} responses`);
  });

  it("that answer in DLMS have the types that the steps give", () => {
    let count = 0;
    for (const { file, message } of all.filter((each) => each.file.includes("RESPONSE"))) {
      const { code, content } = contentOf(message);
      const row = useCaseByCode(code)!;
      if (content[0] !== 0xda || row.protector !== undefined) continue;
      const required = row.steps.filter(({ times }) => times[0] === 1);
      const results = dlmsResults(content);
      if (results.length !== required.length) continue; // optional steps: which were asked stands in the command
      for (const [i, { read, result }] of results.entries()) {
        const { gives, object, member } = required[i]!;
        if (result === 0)
          assert.equal(plainFault(gives, read(gives), `${file} ${object}.${member}`), undefined);
      }
      count++;
    }
    assert.ok(count > 170, `${count} responses`);
  });

  it("that answer in DLMS with encrypted values hold what the steps give, on single and twin meters", function () {
    const keystore = rtds(this, "keystore");
    let count = 0;
    for (const { file, message } of all.filter((each) => each.file.includes("RESPONSE"))) {
      const { code, content, counter, originator, target, otherBytes } = contentOf(message);
      const row = useCaseByCode(code)!;
      const sealed = row.protector === undefined ? undefined : sealedAnswer(content);
      if (sealed === undefined || otherBytes !== 2) continue;
      const plaintext = of(file, () =>
        open(keystore, { sealed, device: originator, party: target, counter }),
      );
      const types = row.steps.map(({ gives }) => gives);
      for (const [i, value] of of(file, () => openedValues(plaintext, types)).entries())
        assert.equal(plainFault(types[i]!, value, file), undefined);
      count++;
    }
    assert.ok(count > 12, `${count} answers`);
  });

  it("that answer in GBZ have the types of the clusters' commands, encrypted or not", function () {
    const keystore = rtds(this, "keystore");
    let count = 0;
    for (const { file, message } of all.filter((each) => each.file.includes("RESPONSE"))) {
      const { code, content, counter, originator, target, otherBytes } = contentOf(message);
      if (useCaseByCode(code)!.payload !== "gbz") continue;
      const unseal = (sealed: Uint8Array) =>
        open(keystore, { sealed, device: originator, party: target, counter });
      for (const { type, value } of of(file, () =>
        gbzReplies(content, otherBytes === 2 ? unseal : undefined),
      )) {
        assert.equal(plainFault(type, value, file), undefined);
        count++;
      }
    }
    assert.ok(count > 55, `${count} commands in responses`);
  });

  it("that are alerts have the protection and the body of their rows", () => {
    let count = 0;
    for (const { file, message } of all.filter((each) => each.file.includes("ALERT"))) {
      const { code, content } = contentOf(message);
      const { alert, payload, sensitive } = useCaseByCode(code)!;
      assert.ok(alert, file);
      assert.equal(message[0] === 0xdd ? "mac" : "signature", alert.protection, file);
      if (content[0] === 0x01 || sensitive) continue; // GBZ bodies are bare bytes; encrypted ones need a key
      const fields: Fields = alert.body?.kind === "structure" ? alert.body.fields : {};
      const body: Plain = of(file, () =>
        payload === "asn1"
          ? members(fields, nodes(nodes(content)[0]!.content).slice(2))
          : dlmsAlertBody(content, fields),
      );
      if (alert.body) assert.equal(plainFault(alert.body, body, file), undefined);
      else assert.deepEqual(body, [], file);
      count++;
    }
    assert.ok(count > 55, `${count} alerts`);
  });
});
