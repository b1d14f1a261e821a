/** The registry of suites: the one place that names the wires. */
import { coseSuite } from "./cose/suite.ts";
import { gbcsEnvelopes, gbcsSuite } from "./gbcs/suite.ts";

/** Suites that a home can run on. A new wire is its room and a line here. */
export const suites = {
  cose: coseSuite,
  gbcs: gbcsSuite,
} as const;

/** Suites that can authenticate messages; of GBCS's any, those without a row of the model too. */
export const envelopeSuites = { ...suites, gbcs: gbcsEnvelopes } as const;

export type WireName = keyof typeof envelopeSuites;
export const wireNames = Object.keys(envelopeSuites) as readonly WireName[];
export const isWire = (name: string): name is WireName => Object.hasOwn(envelopeSuites, name);

/** A wire that a home can run on. */
export type HomeWire = keyof typeof suites;
export const homeWires = Object.keys(suites) as readonly HomeWire[];
export const isHomeWire = (name: string): name is HomeWire => Object.hasOwn(suites, name);

/** To show a message of the COSE wire, authentic or not. */
export { isTagged, layerName, type Part, readLayer } from "./cose/layers.ts";
