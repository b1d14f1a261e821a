/** The communications hub (CHF): its own commands, and the way between WAN and home. */
import type { Board } from "../../hal/board.ts";
import { Credentials } from "../features/credentials/feature.ts";
import { deviceLogFeature } from "../features/device-log.ts";
import type { Feature } from "../features/feature.ts";
import { firmwareVersionFeature } from "../features/firmware-version.ts";
import { hubOutageFeature } from "../features/hub-outage.ts";
import { logsFeature } from "../features/logs.ts";
import { BlockTransfer } from "../han/block-transfer.ts";
import { HanCoordinator } from "../han/coordinator.ts";
import { Device, type DeviceOptions } from "./device.ts";
import { hanOptions } from "./han-options.ts";
import { Router } from "./router.ts";
import { Wan } from "./wan.ts";

export class CommunicationsHub {
  readonly device: Device;
  readonly han: HanCoordinator;

  /**
   * Starts the hub on a provisioned board with modem and radio. Throws `devices/not-provisioned`,
   * `devices/wrong-type`, `hal/absent`; PowerLost out of any port ends the instance: boot a new one.
   */
  static async boot(board: Board, options: DeviceOptions): Promise<CommunicationsHub> {
    const wan = new Wan(board.modem);
    const device = await Device.open(board, "CHF", wan, options);
    // In a turn of its own: no frame is handled before the log of devices has been read.
    const han = await device.turn("han", () => HanCoordinator.start(hanOptions(device)));
    const messages = new BlockTransfer(han, (delayMs, action) => device.after(delayMs, action));
    const router = new Router(device, wan, messages, () => han.devices());
    // Inside the turn of its frame: an alert is kept before its sender hears that it arrived.
    messages.onMessage((message) => router.fromHome(message));
    await device.start(hubFeatures(device, wan, han));
    await device.turn("links", async () => {
      await wan.start(device, (bytes) => router.fromWan(bytes));
      await router.start();
    });
    return new CommunicationsHub(device, han);
  }

  private constructor(device: Device, han: HanCoordinator) {
    this.device = device;
    this.han = han;
  }
}

function hubFeatures(device: Device, wan: Wan, han: HanCoordinator): Feature[] {
  return [
    new Credentials(device, "CHF", device.anchors, device.counters),
    firmwareVersionFeature(device.identity.firmwareVersion),
    logsFeature(device),
    deviceLogFeature(device, han, device.settings),
    hubOutageFeature(device, {
      settings: {
        longOutageS: device.settings.longOutageS,
        outageAlertAfterMs: 1000 * device.settings.longOutageS,
        settleMs: device.settings.outageSettleMs,
      },
      sendNow: async (alert, done) =>
        wan.sendNow(
          await device.sealOnce(alert),
          (delivered) => void done(delivered ? "delivered" : "failed"),
        ),
    }),
  ];
}
