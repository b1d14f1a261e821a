/** The serial ports of this machine, as somebody needs them who writes a rig file. */
import { listPorts, type PortRoots, stableName, systemRoots } from "../../hal/serial/line/index.ts";

export interface PortRow {
  /** For `--board` and a rig file's `port`: stays when the board is plugged in again, where it can. */
  readonly name: string;
  readonly path: string;
  /** USB serial number, hub position, interface and product; empty for what is no USB port or does not tell. */
  readonly serial: string;
  readonly position: string;
  readonly interface: string;
  readonly product: string;
  /** Names under /dev/serial/by-id. */
  readonly byId: readonly string[];
}

export async function portRows(roots: PortRoots = systemRoots): Promise<PortRow[]> {
  return Promise.all(
    (await listPorts(roots)).map(async ({ path, byId, usb }) => ({
      name: await stableName(path, roots),
      path,
      serial: usb?.serial ?? "",
      position: usb?.position ?? "",
      interface: usb === undefined ? "" : String(usb.interface),
      product: usb?.product ?? "",
      byId,
    })),
  );
}

/** A rig.yaml with a board for each port. */
export function starterRig(ports: readonly PortRow[]): string {
  const boards = ports.map(
    ({ name }, index) => `  - id: board${index + 1}\n    port: ${JSON.stringify(name)}`,
  );
  return ["boards:", ...boards].join("\n");
}
