import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { findPort, listPorts, openLine, stableName } from "../../../../hal/serial/line/index.ts";
import { refused } from "../../../support/refused.ts";

interface FakeAdapter {
  readonly position: string;
  readonly vendorId?: string;
  readonly productId?: string;
  readonly serial?: string;
  readonly product?: string;
  /** Interface number to device name. */
  readonly ports: Readonly<Record<string, string>>;
  readonly kind?: "usb-serial" | "cdc-acm";
}

/** A sysfs and a /dev as the kernel lays them out; devices are links to /dev/null, which is a character device. */
class FakeMachine {
  readonly folder = mkdtempSync(join(tmpdir(), "meterbench-ports-"));
  readonly roots = { sys: join(this.folder, "sys"), dev: join(this.folder, "dev") };

  constructor() {
    mkdirSync(join(this.roots.sys, "class/tty"), { recursive: true });
    mkdirSync(this.roots.dev, { recursive: true });
    mkdirSync(join(this.roots.sys, "class/tty/tty0"));
  }
  file(path: string, text: string) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${text}\n`);
  }
  tty(name: string, device: string, type?: string) {
    const folder = join(this.roots.sys, "class/tty", name);
    mkdirSync(folder, { recursive: true });
    mkdirSync(device, { recursive: true });
    symlinkSync(device, join(folder, "device"));
    if (type !== undefined) this.file(join(folder, "type"), type);
    symlinkSync("/dev/null", join(this.roots.dev, name));
  }
  plug(adapter: FakeAdapter) {
    const usb = join(this.roots.sys, "devices/pci0/usb1", adapter.position);
    this.file(join(usb, "idVendor"), adapter.vendorId ?? "0403");
    this.file(join(usb, "idProduct"), adapter.productId ?? "6001");
    if (adapter.serial !== undefined) this.file(join(usb, "serial"), adapter.serial);
    if (adapter.product !== undefined) this.file(join(usb, "product"), adapter.product);
    for (const [number, name] of Object.entries(adapter.ports)) {
      const port = join(usb, `${adapter.position}:1.${number}`);
      this.file(join(port, "bInterfaceNumber"), number.padStart(2, "0"));
      this.tty(name, adapter.kind === "cdc-acm" ? port : join(port, name));
    }
  }
  byId(name: string, device: string) {
    mkdirSync(join(this.roots.dev, "serial/by-id"), { recursive: true });
    symlinkSync(`../../${device}`, join(this.roots.dev, "serial/by-id", name));
  }
  find(name: string) {
    return findPort(name, this.roots);
  }
  dev(name: string) {
    return join(this.roots.dev, name);
  }
}

describe("Finding a port", () => {
  let machine: FakeMachine;
  beforeEach(() => {
    machine = new FakeMachine();
    machine.tty("ttyS0", join(machine.roots.sys, "devices/platform/serial8250/tty/ttyS0"), "4");
    machine.tty("ttyS1", join(machine.roots.sys, "devices/platform/serial8250/tty/ttyS1"), "0");
    machine.plug({
      position: "1-2.3",
      serial: "A50285BI",
      product: "FT232R USB UART",
      ports: { 0: "ttyUSB0" },
    });
    machine.plug({
      position: "1-2.4",
      vendorId: "2FE3",
      productId: "000A",
      serial: "00c3F1",
      ports: { 0: "ttyACM0", 2: "ttyACM1" },
      kind: "cdc-acm",
    });
    machine.plug({ position: "1-3", ports: { 0: "ttyUSB1" } });
    machine.plug({ position: "1-4", ports: { 0: "ttyUSB10" } });
    machine.byId("usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0", "ttyUSB0");
  });
  afterEach(() => rmSync(machine.folder, { recursive: true }));

  it("lists the ports that have hardware, with what is known of them, without udev", async () => {
    const ports = await listPorts(machine.roots);
    assert.deepEqual(
      ports.map((port) => [
        port.path.replace(machine.roots.dev, ""),
        port.usb?.position,
        port.usb?.interface,
      ]),
      [
        ["/ttyACM0", "1-2.4", 0],
        ["/ttyACM1", "1-2.4", 2],
        ["/ttyS0", undefined, undefined],
        ["/ttyUSB0", "1-2.3", 0],
        ["/ttyUSB1", "1-3", 0],
        ["/ttyUSB10", "1-4", 0],
      ],
    );
    assert.deepEqual(ports[3]!.byId, ["usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0"]);
    assert.deepEqual([ports[0]!.usb!.vendorId, ports[0]!.usb!.productId], ["2fe3", "000a"]);
    assert.deepEqual(await listPorts({ sys: join(machine.folder, "none"), dev: "/dev" }), []);
  });

  for (const [what, name, device] of [
    ["a device name", "ttyUSB0", "ttyUSB0"],
    ["a by-id name", "usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0", "ttyUSB0"],
    ["a serial number", "A50285BI", "ttyUSB0"],
    ["a serial number in the other case", "a50285bi", "ttyUSB0"],
    ["a position", "1-3", "ttyUSB1"],
    ["ids and serial number, hex in upper case", "2FE3:000A:00C3F1#2", "ttyACM1"],
    ["a position and an interface", "1-2.4#0", "ttyACM0"],
  ] as const)
    it(`finds by ${what}: ${name}`, async () => assert.equal(await machine.find(name), machine.dev(device)));

  it("takes a path as it is, and a COM port", async () => {
    assert.equal(await machine.find(machine.dev("ttyUSB1")), machine.dev("ttyUSB1"));
    assert.equal(await machine.find("COM3"), "COM3");
  });

  it("tells identical adapters apart by position alone, and says so", async () => {
    const three = /fits 3 ports.*at 1-2\.3.*at 1-3.*at 1-4.*Name the position/s;
    await refused(machine.find("0403:6001"), "line/ambiguous", three);
    await refused(machine.find("00c3F1"), "line/ambiguous", /as 00c3F1#0/);
  });

  it("says what was there instead of what matches nothing, nearest first", async () => {
    await assert.rejects(
      machine.find("A50285B1"),
      /ttyUSB0 \(FT232R USB UART, 0403:6001, serial A50285BI, at 1-2\.3/,
    );
    const missing = (name: string, words: RegExp) => refused(machine.find(name), "line/not-found", words);
    await missing("A50285B1", /Did you mean A50285BI\?/);
    await missing(machine.dev("ttyUSB2"), /Did you mean ttyUSB/);
    await missing("zzz", /no serial port "zzz"; what is there.*Name one of those/s);
    rmSync(join(machine.roots.dev, "serial"), { recursive: true });
    await missing(machine.dev("serial/by-id/usb-x"), /no udev runs/);
    rmSync(join(machine.roots.sys, "class"), { recursive: true });
    await missing("A50285BI", /there are none under .*passed to this container/s);
  });

  it("refuses a path that is no terminal before anything is opened", async () => {
    await assert.rejects(machine.find(machine.folder), { code: "line/open", message: /is a folder/ });
    machine.file(join(machine.folder, "notes.txt"), "x");
    await assert.rejects(
      machine.find(join(machine.folder, "notes.txt")),
      /a regular file, not a serial port/,
    );
    await refused(openLine("/dev/null"), "line/open", /^\/dev\/null is no terminal\nName a serial port/);
    await refused(openLine("/dev/null/x"), "line/not-found", /^no serial port "\/dev\/null\/x"; /);
  });

  it("names a port by what stays when it re-enumerates", async () => {
    const stable = (name: string) => stableName(machine.dev(name), machine.roots);
    assert.equal(await stable("ttyUSB0"), "A50285BI");
    assert.equal(await stableName("ttyUSB0", machine.roots), "A50285BI");
    assert.equal(await stable("ttyACM1"), "00c3F1#2");
    assert.equal(await stable("ttyUSB1"), "1-3");
    assert.equal(await stable("ttyS0"), machine.dev("ttyS0"));
    assert.equal(await stableName("tcp://bench:2000", machine.roots), "tcp://bench:2000");
  });

  it("answers any name with a port or a LineError (fast-check, seed 2)", () =>
    fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 200 }), async (name) => {
        await machine.find(name).catch((error) => assert.match(error.code, /^line\//));
      }),
      { seed: 2, numRuns: 60 },
    ));
});
