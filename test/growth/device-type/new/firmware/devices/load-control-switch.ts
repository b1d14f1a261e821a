/** The load control switch of a home (HCALCS), as far as the features that there are carry it. */
import { commonFeatures, joins } from "./common-features.ts";
import type { DeviceCore } from "./core.ts";
import { HomeLink } from "./home-link.ts";

export const loadControlSwitch: DeviceCore<HomeLink> = {
  link: (_board, options) => new HomeLink(options.link),
  features: (device) => [...commonFeatures(device), joins(device)],
};
