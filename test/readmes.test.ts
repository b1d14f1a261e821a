import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const rooms = ["firmware", "hal", "harness", "bench", "test"];
const files = rooms.flatMap((room) =>
  readdirSync(room, { recursive: true, encoding: "utf8" }).map(
    (name) => `${room}/${name.replaceAll("\\", "/")}`,
  ),
);
const readmes = ["README.md", "CONTRIBUTING.md", ...files.filter((file) => file.endsWith("/README.md"))];

/** Files of the tree named in `text`: in backticks, with an ending that only our own have. */
const named = (text: string): string[] =>
  [...text.matchAll(/`([\w@/-][\w@/.-]*\.(?:ts|tsv|cddl))`/g)].map((match) => match[1] as string);

/** From the room itself, from the one around it, anywhere inside it, or from the top of the tree. */
const exists = (name: string, room: string): boolean =>
  [room, dirname(room), "."].some((folder) => existsSync(join(folder, name))) ||
  files.some((file) => (room === "." || file.startsWith(`${room}/`)) && file.endsWith(`/${name}`));

describe("room READMEs", () => {
  for (const readme of readmes)
    it(`${readme} names only files that there are`, () => {
      const gone = named(readFileSync(readme, "utf8")).filter((name) => !exists(name, dirname(readme)));
      assert.deepEqual(gone, []);
    });

  it("every room of the firmware has one that names each of its own files", () => {
    for (const room of ["devices", "kernel", "model", "security", "wire"]) {
      const text = readFileSync(`firmware/${room}/README.md`, "utf8");
      const own = readdirSync(`firmware/${room}`).filter((name) => name.endsWith(".ts"));
      assert.deepEqual(
        own.filter((name) => !text.includes(`\`${name}\``)),
        [],
        room,
      );
    }
  });
});
