/** The hardware binding, with the one defect mended that matters to a bench: a pulled USB plug. */
import { read as readCallback } from "node:fs";
import { promisify } from "node:util";
import type { BindingInterface, BindingPortInterface } from "@serialport/bindings-cpp";
import { messageOf } from "../../base/coded-error.ts";
import { LineError } from "./errors.ts";

const readFd = promisify(readCallback);

/** What the Unix ports of bindings-cpp have beside their interface. */
interface UnixPort extends BindingPortInterface {
  readonly fd: number | null;
  readonly poller: {
    once(event: "readable", done: (error: Error | null) => void): unknown;
  };
}

/** The binding for this machine; loaded when first needed, so that all else works where it cannot be. */
export async function hardwareBinding(): Promise<BindingInterface> {
  const { autoDetect } = await import("@serialport/bindings-cpp").catch((error) => {
    throw new LineError(
      "line/unsupported",
      `serial ports of this machine cannot be used: @serialport/bindings-cpp does not load (${messageOf(error)})`,
      {
        platform: process.platform,
        arch: process.arch,
        advice: "Run `npm ci` again, or reach the board over tcp:// or rfc2217://.",
      },
      error,
    );
  });
  const binding: BindingInterface = autoDetect();
  return {
    list: () => binding.list(),
    open: async (options) => withEndOfFile(await binding.open(options)),
  };
}

/**
 * A terminal whose device went away reads as end of file, 0 bytes. bindings-cpp 13 reads again at once, for
 * ever and without a word; here it is the error that it is, so the stream closes as disconnected.
 */
function withEndOfFile(port: BindingPortInterface): BindingPortInterface {
  if (!isUnixPort(port)) return port;
  port.read = async (buffer, offset, length) => {
    for (;;) {
      if (port.fd === null) throw canceled();
      try {
        const { bytesRead } = await readFd(port.fd, buffer, offset, length, null);
        if (bytesRead > 0) return { buffer, bytesRead };
        throw new Error("the device is gone (end of file)");
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (port.fd === null) throw canceled();
        if (code !== "EAGAIN" && code !== "EWOULDBLOCK" && code !== "EINTR") throw error;
        await readable(port);
      }
    }
  };
  return port;
}

const isUnixPort = (port: BindingPortInterface): port is UnixPort =>
  typeof (port as UnixPort).fd === "number" && "poller" in port;

const canceled = () => Object.assign(new Error("the port is closed"), { canceled: true });

const readable = (port: UnixPort) =>
  new Promise<void>((resolve, reject) => {
    port.poller.once("readable", (error) => (error ? reject(error) : resolve()));
  });
