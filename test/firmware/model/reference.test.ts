/** The tables held against the reference messages: each command is exactly the steps of its row, types and constants included. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { matchSteps, useCaseByCode } from "../../../firmware/model/index.ts";
import { hex, rtds } from "../../support/shared-data.ts";
import { contentOf, dlmsOperations, gbzOperations } from "./dlms-payload.ts";

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
});
