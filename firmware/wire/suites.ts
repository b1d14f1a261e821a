/** The registry of suites: the one place that names the wires. */
import { coseSuite } from "./cose/suite.ts";
import { gbcsSuite } from "./gbcs/suite.ts";

/** Suites that a home can run on. */
export const suites = { cose: coseSuite } as const;

/** Suites that can authenticate messages. */
export const envelopeSuites = { cose: coseSuite, gbcs: gbcsSuite } as const;

export type WireName = keyof typeof envelopeSuites;

/** To show a message of the COSE wire, authentic or not. */
export { isTagged, layerName, type Part, readLayer } from "./cose/layers.ts";
