/** Compiles the command line before any test runs it: two processes of mocha would both write it, each while the other's tests read. */
const { spawnSync } = require("node:child_process");
const { join } = require("node:path");

const root = join(__dirname, "../..");

exports.mochaGlobalSetup = () => {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the command line does not compile: ${stdout}`);
};
