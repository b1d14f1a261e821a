/**
 * What parties write for the consumer and the installer: metering point numbers (ECS39a, b, 40), a message (ECS10), the
 * supplier's name and telephone number (ECS16), a customer identification number (ECS50).
 */
import { Kept } from "../../kernel/kept.ts";
import { objects } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { type ServedObject, serve } from "../serve.ts";

export interface Texts {
  /** 13 digits; of a twin-element meter 26, the primary's first. */
  readonly importMpan: string;
  readonly exportMpan: string;
  readonly message: string;
  readonly supplierName: string;
  readonly supplierTelephone: string;
  readonly cin: string;
}

export interface SettingsFeature extends Feature {
  readonly texts: Texts;
}

export interface SettingsOptions {
  /** Shows it. A display that fails makes the command fail, though what was written stays written. */
  changed?(name: keyof Texts): Promise<void>;
}

const none: Texts = {
  importMpan: "",
  exportMpan: "",
  message: "",
  supplierName: "",
  supplierTelephone: "",
  cin: "",
};

export function settingsFeature(context: DeviceContext, options: SettingsOptions = {}): SettingsFeature {
  const kept = new Kept(context.journal, "settings", none);
  const write = async (name: keyof Texts, text: string): Promise<Status> => {
    await kept.keep({ ...kept.value, [name]: text });
    await options.changed?.(name);
    return Status.success;
  };
  const writes = (name: keyof Texts) => ({ set: (text: string) => write(name, text) });
  const both = (name: keyof Texts) => ({
    get: () => ({ value: kept.value[name] }),
    ...writes(name),
    load: (text: string) => kept.keep({ ...kept.value, [name]: text }),
  });
  const served: ServedObject[] = [
    serve(objects.importMpan, { value: both("importMpan") }),
    serve(objects.exportMpan, { value: both("exportMpan") }),
    serve(objects.supplierMessage, { value: writes("message") }),
    serve(objects.supplierName, { active: writes("supplierName") }),
    serve(objects.supplierTelephone, { active: writes("supplierTelephone") }),
    serve(objects.customerIdentificationNumber, { value: writes("cin") }),
  ];
  return {
    name: "settings",
    objects: served,
    get texts() {
      return kept.value;
    },
  };
}
