/** Service requests 11.1 and 11.4: images that the DCC distributes. */
import { deviceIdList, firmwareVersion } from "./dcc-types.ts";
import { base64Binary } from "./duis.ts";
import { request } from "./request.ts";

const fields = {
  /** With the header of its OTA file. DUIS allows 10,240,000 octets; the bound on XML allows fewer here. */
  FirmwareImage: base64Binary(1, 10_240_000),
  FirmwareVersion: firmwareVersion,
  DeviceIDList: deviceIdList,
} as const;

export const images = {
  "11.1": request("11.1", "UpdateFirmware", { fields }),
  "11.4": request("11.4", "UpdatePPMIDFirmware", { fields }),
} as const;
