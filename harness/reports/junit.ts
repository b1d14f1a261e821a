/** `junit.xml`: the form that CI servers read. */
import { createRequire } from "node:module";
import type { Builder } from "junit-report-builder";
import type { RunReport } from "./run-report.ts";

// The package's types do not fit its CommonJS export.
const junit = createRequire(import.meta.url)("junit-report-builder") as { newBuilder(): Builder };

export function junitXml(run: RunReport): string {
  const builder = junit.newBuilder();
  const files = [...new Set(run.scenarios.map((s) => s.file))];
  for (const file of files) {
    const suite = builder.testSuite().name(file).timestamp(run.startedAt).property("seed", String(run.seed));
    for (const scenario of run.scenarios.filter((s) => s.file === file)) {
      const test = suite
        .testCase()
        .className(file.replace(/\.scenario\.[jt]s$/, ""))
        .name(scenario.name)
        .time(scenario.durationMs / 1000);
      if (scenario.status === "failed")
        test.failure(scenario.error?.message ?? "failed").stacktrace(scenario.error?.stack);
      if (scenario.status === "skipped") test.skipped().standardOutput(scenario.reason ?? "");
    }
  }
  return builder.build();
}
