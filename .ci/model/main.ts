/**
 * `npm run model`: writes firmware/model/generated and docs/model from firmware/model/tables.
 * `npm run model -- --check`: writes nothing, and fails when a file is not what the tables give.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { faultsOf } from "./check-model.ts";
import { type ModelMade, readModel } from "./read-model.ts";
import { corrected, readCorrections, readTables } from "./tables.ts";
import { generatedCode } from "./write-code.ts";
import { generatedDocs } from "./write-docs.ts";

/** The model that the tables of this checkout give. Throws an Error with every fault, one a line. */
export function modelOfTables(): ModelMade {
  const corrections = readCorrections();
  const model = readModel(corrected(readTables(), corrections), corrections);
  const faults = faultsOf(model);
  if (faults.length > 0) throw new Error(`the tables have ${faults.length} faults:\n${faults.join("\n")}`);
  return model;
}

/** Folder (from the root of the checkout) and the files that it holds, and no others. */
export function generatedFolders(model: ModelMade): [folder: string, files: Map<string, string>][] {
  return [
    ["firmware/model/generated", generatedCode(model)],
    ["docs/model", generatedDocs(model)],
  ];
}

/** Paths that are not what they should be: other text, missing, or not generated at all. */
export function staleFiles(root: URL): string[] {
  return generatedFolders(modelOfTables()).flatMap(([folder, files]) => {
    const there = readdirSync(new URL(`${folder}/`, root));
    const wrong = [...files].filter(
      ([name, text]) =>
        !there.includes(name) || readFileSync(new URL(`${folder}/${name}`, root), "utf8") !== text,
    );
    const extra = there.filter((name) => !files.has(name));
    return [...wrong.map(([name]) => name), ...extra].map((name) => `${folder}/${name}`);
  });
}

function write(root: URL): void {
  for (const [folder, files] of generatedFolders(modelOfTables())) {
    rmSync(new URL(folder, root), { recursive: true, force: true });
    mkdirSync(new URL(folder, root), { recursive: true });
    for (const [name, text] of files) writeFileSync(new URL(`${folder}/${name}`, root), text);
  }
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const root = new URL("../../", import.meta.url);
  try {
    if (process.argv.includes("--check")) {
      const stale = staleFiles(root);
      for (const path of stale) console.error(`${path} is not what the tables give: run \`npm run model\``);
      process.exitCode = stale.length > 0 ? 1 : 0;
    } else write(root);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
