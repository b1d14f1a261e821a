/** The HAN frame codec: a data frame, MAC + NWK secured + APS + ZCL, built and opened, beside its one CCM*. */
import { ApsType, decodeAps, encodeApsHeader } from "../firmware/han/frames/aps.ts";
import { decodeMac, encodeMac, MacType } from "../firmware/han/frames/mac.ts";
import { decodeNwk, encodeNwkHeader } from "../firmware/han/frames/nwk.ts";
import { KeyId, MIC_BYTES, open, secure } from "../firmware/han/frames/security.ts";
import { Cluster, decodeZcl, encodeZcl, SE_ENDPOINT, SE_PROFILE } from "../firmware/han/frames/zcl.ts";
import type { Crypto } from "../hal/board.ts";
import type { BenchTask } from "./measure.ts";

const key = new Uint8Array(16).fill(0x5a);
const sender = "00DB1234567890A0";
const pan = 0x1a62;

export function hanTasks(crypto: Crypto): BenchTask[] {
  const frame = build(crypto);
  const [nonce, aad, text] = [new Uint8Array(13), new Uint8Array(22), new Uint8Array(48)];
  const sealed = crypto.aesCcmSeal(key, nonce, aad, text, MIC_BYTES);
  return [
    {
      name: `han/build-frame/${crypto.name}`,
      run: () => void build(crypto),
      floor: { name: "CCM* seal", run: () => void crypto.aesCcmSeal(key, nonce, aad, text, MIC_BYTES) },
    },
    {
      name: `han/open-frame/${crypto.name}`,
      run: () => openFrame(crypto, frame),
      floor: { name: "CCM* open", run: () => void crypto.aesCcmOpen(key, nonce, aad, sealed, MIC_BYTES) },
    },
  ];
}

function build(crypto: Crypto): Uint8Array {
  const zcl = encodeZcl({
    specific: true,
    fromServer: false,
    disableDefaultResponse: true,
    sequence: 7,
    command: 2,
    payload: new Uint8Array(34),
  });
  const aps = encodeApsHeader({
    type: ApsType.data,
    broadcast: false,
    ackRequest: true,
    secured: false,
    counter: 9,
    address: {
      destinationEndpoint: SE_ENDPOINT,
      cluster: Cluster.tunneling,
      profile: SE_PROFILE,
      sourceEndpoint: SE_ENDPOINT,
    },
  });
  const header = encodeNwkHeader({
    type: "data",
    destination: 0,
    source: 0x3344,
    radius: 30,
    sequence: 11,
    secured: true,
  });
  const security = { keyId: KeyId.network, frameCounter: 1234, source: sender, keySequence: 0 };
  const payload = new Uint8Array([...aps, ...zcl]);
  return encodeMac({
    type: MacType.data,
    sequence: 5,
    ackRequest: true,
    framePending: false,
    destinationPan: pan,
    destination: 0,
    sourcePan: pan,
    source: 0x3344,
    payload: secure(crypto, key, sender, header, security, payload),
  });
}

function openFrame(crypto: Crypto, mpdu: Uint8Array): void {
  const nwk = decodeNwk(decodeMac(mpdu).payload);
  if (nwk.security?.source === undefined) throw new Error("bench: the frame lost its security header");
  const payload = open(crypto, key, nwk.security.source, nwk.headerBytes, nwk.security, nwk.payload);
  if (payload === undefined) throw new Error("bench: a good frame was refused");
  decodeZcl(decodeAps(payload).payload);
}
