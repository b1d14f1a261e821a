// Made from firmware/model/tables by `npm run model`. Do not edit: edit the tables.
import * as calendarObjects from "./calendar-objects.ts";
import * as clusters from "./clusters.ts";
import * as dataObjects from "./data-objects.ts";
import * as logObjects from "./log-objects.ts";
import * as paymentObjects from "./payment-objects.ts";
import * as registerObjects from "./register-objects.ts";
import * as serviceObjects from "./service-objects.ts";
import * as settingObjects from "./setting-objects.ts";

/** Every object by name; short numbers are for ever. */
export const objects = { ...calendarObjects, ...dataObjects, ...logObjects, ...paymentObjects, ...registerObjects, ...serviceObjects, ...settingObjects, ...clusters } as const;
export type Objects = typeof objects;
export type ObjectName = keyof Objects;

/** Names of the 8 clusters; the others are COSEM objects and services. */
export type ClusterName = "basic" | "price" | "metering" | "messaging" | "prepayment" | "calendar" | "deviceManagement" | "events";
