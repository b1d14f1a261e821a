/** What goes around a pre-command on its way to a device: its originator's signature, and the ACB's MAC. */
import { useCaseByCode } from "../../firmware/model/index.ts";
import { grantsByRole } from "../../firmware/security/rules.ts";
import type { Eui64, Header, Protection } from "../../firmware/wire/message.ts";
import type { Suite } from "../../firmware/wire/suite.ts";
import type { Crypto, Signer } from "../../hal/board.ts";
import { correlate } from "./correlate.ts";
import type { KnownDevice } from "./known-device.ts";
import { pairKeys } from "./pair-keys.ts";
import type { Party } from "./parties.ts";
import type { TestPki } from "./pki.ts";
import type { PreCommand } from "./transform.ts";

interface SealingPorts {
  readonly crypto: Crypto;
  readonly suite: Suite;
  readonly pki: TestPki;
}

export class Sealing {
  readonly #ports: SealingPorts;
  readonly #device: (eui: Eui64) => KnownDevice;

  constructor(ports: SealingPorts, device: (eui: Eui64) => KnownDevice) {
    this.#ports = ports;
    this.#device = device;
  }

  /** Whoever originates a critical command correlates and signs it; the ACB adds its MAC. */
  protect(preCommand: PreCommand, signWith?: Signer): Uint8Array {
    const { header } = preCommand.command;
    const protection = this.protectionOf(preCommand);
    const message = protection === "mac" ? preCommand.bytes : this.sign(preCommand, signWith);
    return protection === "signature" ? message : this.mac(message, header);
  }

  /** Its originator's signature on a pre-command that is what was asked for. */
  sign({ bytes, request, command }: PreCommand, signWith?: Signer): Uint8Array {
    const { crypto, suite } = this.#ports;
    correlate(bytes, request);
    const signer = signWith ?? (this.#originator(command.header.originator) as Party).keys.sign.signer;
    return suite.wire.sign(bytes, (input) => signer.sign(input), suite.keyId(crypto, signer.publicKey));
  }

  /** The ACB's MAC around a message for a device. */
  mac(message: Uint8Array, header: Header): Uint8Array {
    const { crypto, suite } = this.#ports;
    const broker = this.#ports.pki.parties.accessControlBroker.keys.agree;
    const { mac } = pairKeys(suite, crypto, broker, this.#device(header.target).agreePublicKey, header);
    return suite.wire.protect(message, mac(header), suite.keyId(crypto, broker.publicKey));
  }

  #originator(eui: Eui64): Party | undefined {
    return Object.values(this.#ports.pki.parties).find((party) => party.eui === eui);
  }

  /** As the device's rules have it; what they do not grant is protected as it usually is. */
  protectionOf({ command: { header }, definition, request }: PreCommand): Protection {
    const useCase = useCaseByCode(header.code);
    const grants = useCase && grantsByRole(useCase, this.#device(header.target).type);
    const grant = grants?.get(this.#originator(header.originator)?.role ?? request.role);
    const critical = definition.critical || definition.byHand.actsAs !== undefined;
    return grant?.protection ?? (critical ? "signature+mac" : "mac");
  }
}
