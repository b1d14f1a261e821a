/** `junit.xml`: the form that CI servers read. */
import { createRequire } from "node:module";
import type { Builder, TestCase } from "junit-report-builder";
import type { RunReport, ScenarioError, ScenarioReport } from "./run-report.ts";

// The package's types do not fit its CommonJS export.
const junit = createRequire(import.meta.url)("junit-report-builder") as { newBuilder(): Builder };

export function junitXml(run: RunReport): string {
  const builder = junit.newBuilder();
  const suites = new Map<string, ScenarioReport[]>();
  for (const scenario of run.scenarios) {
    const name = run.wire === "both" ? `${scenario.file} (${scenario.wire})` : scenario.file;
    suites.set(name, [...(suites.get(name) ?? []), scenario]);
  }
  for (const [name, scenarios] of suites) {
    const suite = builder
      .testSuite()
      .name(name || "run")
      .timestamp(run.startedAt);
    for (const [property, value] of propertiesOf(run, scenarios[0]?.wire ?? run.wire))
      suite.property(property, value);
    for (const scenario of scenarios) fill(suite.testCase() as TestCase, scenario);
  }
  return builder.build();
}

/** What it ran on: a CI server shows these beside the results. */
function propertiesOf(run: RunReport, wire: string): [string, string][] {
  const { board } = run;
  return [
    ["seed", String(run.seed)],
    ["wire", wire],
    ["target", run.target],
    ...(board === undefined ? [] : ([["board", `${board.id} (${board.kind})`]] as [string, string][])),
    ...(board?.version === undefined ? [] : ([["board version", board.version]] as [string, string][])),
    ["meterbench version", run.version],
    ["node version", process.versions.node],
  ];
}

function fill(test: TestCase, scenario: ScenarioReport): void {
  test
    .className(scenario.file.replace(/\.scenario\.[jt]s$/, ""))
    .name(scenario.name)
    .time(scenario.durationMs / 1000)
    .file(scenario.file);
  const attributes = (test as unknown as { _attributes: Record<string, unknown> })._attributes;
  if (scenario.line !== undefined) attributes.line = scenario.line;
  const { error, furtherErrors = [] } = scenario;
  if (scenario.status === "failed" && error !== undefined)
    test.failure(error.message, error.code).stacktrace([error, ...furtherErrors].map(wholeOf).join("\n\n"));
  if (scenario.status === "skipped") skip(test, scenario.reason ?? "no reason given");
}

const wholeOf = ({ message, diff, stack = "" }: ScenarioError): string =>
  [stack.includes(message) ? "" : message, diff ?? "", stack].filter((part) => part !== "").join("\n");

/** The builder writes a skip without its reason, where CI servers look for it as an attribute. */
function skip(test: TestCase, message: string): void {
  const build = test.build.bind(test);
  test.skipped().build = (parent) => {
    const element = build(parent);
    const children = element.children as unknown as {
      name: string;
      att(name: string, value: string): void;
    }[];
    children.find(({ name }) => name === "skipped")?.att("message", message);
    return element;
  };
}
