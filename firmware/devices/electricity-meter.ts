/** The electricity meter (ESME). */
import type { Board } from "../../hal/board.ts";
import { clockFeature } from "../features/clock.ts";
import { Credentials } from "../features/credentials/feature.ts";
import type { Feature } from "../features/feature.ts";
import { firmwareVersionFeature } from "../features/firmware-version.ts";
import { loadLimitFeature } from "../features/load-limit.ts";
import { logsFeature } from "../features/logs.ts";
import { meteringFeature, profileRecord } from "../features/metering.ts";
import { meterOutageFeature } from "../features/outage.ts";
import { offsetNumber, randomisedOffsetFeature } from "../features/randomised-offset.ts";
import { supplyFeature } from "../features/supply.ts";
import { tamperFeature } from "../features/tamper.ts";
import { tariffFeature } from "../features/tariff.ts";
import { averageVoltageRecord, voltageFeature } from "../features/voltage.ts";
import { HanDevice } from "../han/end-device.ts";
import type { HanPort } from "../han/port.ts";
import { RecordLog } from "../kernel/record-log.ts";
import type { Eui64 } from "../wire/message.ts";
import { Commissioning } from "./commissioning.ts";
import { Device, type DeviceOptions } from "./device.ts";
import { hanOptions } from "./han-options.ts";
import { HomeLink } from "./home-link.ts";

export interface ElectricityMeterOptions extends DeviceOptions {
  /** A way to the hub other than the board's radio, e.g. a local port. */
  readonly link?: { readonly han: HanPort; readonly hub: Eui64 };
}

export class ElectricityMeter {
  readonly device: Device;
  /** Absent when another link was given. */
  readonly han: HanDevice | undefined;

  /**
   * Starts the meter on a provisioned board. Throws `devices/not-provisioned`, `devices/wrong-type`,
   * `hal/absent`; PowerLost out of any port ends the instance: boot a new one.
   */
  static async boot(board: Board, options: ElectricityMeterOptions): Promise<ElectricityMeter> {
    const link = new HomeLink();
    const device = await Device.open(board, "ESME", link, options);
    const commissioning = new Commissioning(device, device.settings);
    await device.start(await meterFeatures(device, link, commissioning));
    if (options.link !== undefined) {
      await link.use(device, options.link.han, () => options.link?.hub);
      return new ElectricityMeter(device, undefined);
    }
    const { installCode } = device.identity;
    const han = await device.turn("han", () =>
      HanDevice.start({ ...hanOptions(device), installCode, deviceType: 1 }),
    );
    await link.use(device, han, () => han.hub);
    await link.keepJoined(device, han, commissioning);
    return new ElectricityMeter(device, han);
  }

  private constructor(device: Device, han: HanDevice | undefined) {
    this.device = device;
    this.han = han;
  }
}

async function meterFeatures(
  device: Device,
  link: HomeLink,
  commissioning: Commissioning,
): Promise<Feature[]> {
  const { futureDated, board, partitions, settings } = device;
  const averages = await RecordLog.open(board.flash, partitions.voltageLog, averageVoltageRecord);
  const profile = await RecordLog.open(board.flash, partitions.profileLog, profileRecord);
  const supply = supplyFeature(device);
  const voltage = voltageFeature(device, { averages });
  const offset = randomisedOffsetFeature(device, {
    number: offsetNumber(board.crypto.sha256(device.signer.publicKey)),
    limitS: settings.randomisedOffsetLimitS,
  });
  const tariff = tariffFeature(device, { futureDated, offset });
  const metering = meteringFeature(device, { profile, tariff });
  const clock = clockFeature(device, {
    hubTimeS: () => link.hubTimeS(),
    async afterSet() {
      await voltage.timeChanged();
      await metering.timeChanged();
      await commissioning.reached("clock-set");
    },
  });
  return [
    new Credentials(device, "ESME", device.anchors, device.counters),
    clock,
    firmwareVersionFeature(device.identity.firmwareVersion),
    logsFeature(device),
    supply,
    loadLimitFeature(device, { futureDated, supply }),
    tamperFeature(device, {
      opened: async () => {
        if (settings.lockSupplyOnTamper) await supply.tamperLock();
      },
    }),
    voltage,
    offset,
    tariff,
    metering,
    meterOutageFeature(device, { longOutageS: settings.longOutageS, settleMs: settings.outageSettleMs }),
  ];
}
