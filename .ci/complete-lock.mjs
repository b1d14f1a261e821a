/**
 * Adds to package-lock.json the optional platform packages that a registry mirror did not have when the lock was
 * made. Without them `npm ci` calls the lock out of step with package.json, on every machine. Run it after
 * regenerating the lock: npm install --package-lock-only --ignore-scripts && node .ci/complete-lock.mjs
 */
import { readFileSync, writeFileSync } from "node:fs";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const systems = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const processors = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

for (const [path, owner] of Object.entries({ ...lock.packages })) {
  if (path === "") continue;
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const node = `node_modules/${name}`;
    if (node in lock.packages) continue;
    const words = name.split(/[/-]/);
    lock.packages[node] = {
      version,
      cpu: processors.filter((cpu) => words.includes(cpu)),
      ...(owner.dev ? { dev: true } : {}),
      ...(words.includes("linux") ? { libc: [words.includes("musl") ? "musl" : "glibc"] } : {}),
      optional: true,
      os: systems.filter((os) => words.includes(os)),
    };
    console.log(`added ${name}@${version}`);
  }
}

const [root, ...rest] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([root, ...rest.sort(([a], [b]) => (a < b ? -1 : 1))]);
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
