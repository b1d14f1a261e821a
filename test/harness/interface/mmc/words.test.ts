/** Values in the words of the MMC output format: what of a message becomes which element. */
import assert from "node:assert/strict";
import { type MessageId, useCase } from "../../../../firmware/model/index.ts";
import type { GbcsEnvelope } from "../../../../firmware/wire/gbcs/wire.ts";
import { Kind } from "../../../../firmware/wire/message.ts";
import { type Parsed, render } from "../../../../harness/interface/mmc/render.ts";
import { hex } from "../../../support/shared-data.ts";

function envelopeOf(id: MessageId, kind: Kind, more: Partial<GbcsEnvelope> = {}): GbcsEnvelope {
  const { code } = useCase(id);
  const header = { kind, code, originator: "00DB1234567890A0", target: "90B3D51F30010000", counter: 7n };
  const parties = { originator: new Uint8Array(8), target: new Uint8Array(8), counter: 7n, kind };
  const bytes = Uint8Array.of(0xda, 1, 2);
  const otherInformation = { code };
  return {
    header,
    protection: "mac",
    plain: bytes,
    payload: bytes,
    otherInformation,
    macContext: parties,
    ...more,
  };
}

const answer = (
  id: MessageId,
  values: Parameters<typeof render>[0]["values"],
  more?: Partial<GbcsEnvelope>,
): Parsed =>
  render({ envelope: envelopeOf(id, Kind.response, more), row: useCase(id), values, outcomes: [] });
const alert = (id: MessageId, values: object, code = 0x8f66, timeS = 1_420_070_400): Parsed =>
  render({
    envelope: envelopeOf(id, Kind.alert),
    row: useCase(id),
    values: values as Readonly<Record<string, unknown>>,
    outcomes: [],
    alert: { code, timeS },
  });

/** Holds these fragments, one behind the other; `ra:` is left out. */
function holds({ xml }: Parsed, ...fragments: readonly string[]): void {
  const plain = xml.replaceAll("ra:", "");
  let at = 0;
  for (const fragment of fragments) {
    const found = plain.indexOf(fragment, at);
    assert.ok(found >= 0, `no ${fragment} behind ${at} in ${plain}`);
    at = found + fragment.length;
  }
}
const paths = ({ leftOut }: Parsed) => leftOut.map(({ path }) => path);

describe("words of the MMC output format", () => {
  it("say who a message is from and for, and how far its clock is to be believed", () => {
    const otherInformation = {
      code: 0x52,
      party: "90B3D51F30020000",
      counter: 9n,
      originatorCounter: 2n ** 64n - 1n,
    };
    const told = (status: string) =>
      answer(
        "ECS45",
        {},
        { otherInformation, dateTime: hex(`07DF0101FF00000000800000`.slice(0, -2) + status) },
      );
    holds(
      told("00"),
      "<BusinessOriginatorID>00-DB-12-34-56-78-90-A0<",
      "<BusinessTargetID>90-B3-D5-1F-30-01-00-00<",
      "<OriginatorCounter>7<",
      "<SupplementaryRemotePartyID>90-B3-D5-1F-30-02-00-00<",
      "<SupplementaryRemotePartyCounter>9<",
      "<SupplementaryOriginatorCounter>18446744073709551615<",
      "<GBCSHexadecimalMessageCode>0052<",
      '<Timestamp ClockStatus="reliable">2015-01-01T00:00:00Z<',
    );
    holds(told("01"), '<Timestamp ClockStatus="invalid">2015-01-01T00:00:00Z<');
    holds(told("02"), '<Timestamp ClockStatus="unreliable">');
    holds(told("FF"), "<Timestamp>2015-01-01T00:00:00Z<");
  });

  it("say what auxiliary controllers are, and what they did", () => {
    const entry = (controller: number) => ({
      time: 1_420_070_400,
      controller,
      outcome: "success",
      hanCommand: 5,
    });
    const log = answer("ECS35g", {
      auxiliaryLog: { buffer: [0x211, 0x2332, 0x120, 0x300, 0x9999].map(entry) },
    });
    holds(
      log,
      "<Timestamp>2015-01-01T00:00:00Z<",
      "<SwitchNumber>2</SwitchNumber><SwitchAction>On</SwitchAction><Outcome>Success</Outcome><HANCommandID>5<",
      "<SwitchNumber>3</SwitchNumber><Outcome>Success</Outcome><HANCommandID>5</HANCommandID>",
      "<AuxiliaryControllerLevel>50</AuxiliaryControllerLevel><InputFromControlledLoad/>",
      "<SwitchNumber>1</SwitchNumber><SwitchAction>Revert to calendar control<",
      "<SwitchAction>Entry relates to a Message from an HC ALCS<",
    );
    assert.deepEqual(paths(log), ["auxiliaryLog.buffer[4].controller"]);
    const types = ["", "FF", "0000000000000000", "00DB123456789097"].map((octets, i) => [
      `auxiliaryType${i + 1}`,
      { value: hex(octets) },
    ]);
    const state = {
      auxiliaryState1: { value: '{"outputState":"100","inputState":0}' },
      auxiliaryState2: { value: "no JSON" },
    };
    holds(
      answer("ECS61e", { ...Object.fromEntries(types), ...state }),
      '<AuxiliaryControllerOperationalData auxiliaryControllerN="1"><TypeAndIdentifier><AuxiliaryControllerType>None<',
      '<OutputState>100</OutputState><InputState>0</InputState><StateAndAssociatedInformation>{"outputState"',
      "<AuxiliaryControllerType>APC<",
      "<AuxiliaryControllerStateAndAssociatedInformation><StateAndAssociatedInformation>no JSON<",
      "<AuxiliaryControllerType>ALCS<",
      "<AuxiliaryControllerType>HCALCS</AuxiliaryControllerType><HCALCSID>00-DB-12-34-56-78-90-97<",
    );
  });

  it("say which events are on, a bit each; of another event there is no element", () => {
    const bits = (...codes: readonly number[]) =>
      Array.from({ length: 256 }, (_, i) => (codes.includes(255 - i) ? "1" : "0")).join("");
    const told = answer("ECS25r2", {
      operatorAlertBehaviourInForce: { value: bits(0x14, 0x03) },
      operatorLogBehaviourInForce: { value: bits(0x02, 0xf7) },
    });
    holds(
      told,
      "<ElectricityNetworkOperatorWANAlertSettings><NetworkOperatorESMECommon><x8014>Enable</x8014><x8015>Disable<",
      "<NetworkOperatorESMEPolyPhase><x8003>Enable</x8003><x8004>Disable<",
      "<ElectricityNetworkOperatorLoggingSettings>",
      "<NetworkOperatorESMESinglePhase><x8002>Enable<",
    );
    assert.deepEqual(paths(told), ["operatorLogBehaviourInForce.value"]);
  });

  it("say registers and counters of each block", () => {
    const values = Array.from({ length: 64 }, (_, i) => i);
    holds(
      answer("ECS17e", { blockTouRegisters: { value: { values } } }),
      '<TariffBlock index="1"><RegisterMatrixTOUValue index="1">0<',
      '<RegisterMatrixTOUValue index="8">7</RegisterMatrixTOUValue><CounterMatrixTOUValue index="1">8<',
      '<TariffBlock index="4"><RegisterMatrixTOUValue index="1">48<',
      '<CounterMatrixTOUValue index="8">63<',
    );
  });

  it("say periods of a billing calendar; other dates have none", () => {
    const at = { hour: 12, minute: 0, second: 0, hundredth: 0 };
    const on = (...months: readonly number[]) =>
      answer("ECS26l", {
        billingCalendar: { executionTimes: months.map((month) => ({ time: at, date: { month, day: 1 } })) },
      });
    const quarterly = on(11, 2, 5, 8);
    holds(
      quarterly,
      "<ReadDeviceConfigurationDataBillingCalendarRsp ",
      "<BillingTime>12:00:00.00Z</BillingTime><Quarterly><DayOfMonth>1</DayOfMonth><BillingPeriodStartMonth>11<",
    );
    assert.deepEqual(paths(quarterly), []);
    assert.equal(paths(on(1, 2)).length, 12);
  });

  it("say outcomes with their numbers", () => {
    const failed = answer("CS03A1", { joining: { join: "otherTypeListed" } }, { protection: "signature" });
    holds(
      failed,
      '<JoinServiceCriticalRsp MessageSuccess="false"><joinResponseCode ResponseCode="3"><ASN1Status>incompatibleWithExistingEntry<',
    );
    holds(
      answer("CS02f", {
        credentials: {
          provide: [
            {
              role: "supplier",
              status: "success",
              counter: 5n,
              anchors: [
                {
                  usage: "agree",
                  cellUsage: "topUp",
                  holder: hex("90B3D51F30010000"),
                  key: hex("41FB49221588C570"),
                },
              ],
            },
            { role: "wanProvider", status: "other" },
          ],
        },
      }),
      '<RetrieveDeviceSecurityCredentialsKRPRsp MessageSuccess="false"><RemotePartyDetails><RemotePartyRole>Supplier<',
      '<StatusCode ResponseCode="0"><ASN1Status>success<',
      "<RemotePartyFloorSeqNumber>5</RemotePartyFloorSeqNumber><CertificateUsage>KeyAgreementTopUp<",
      "<ExistingRemotePartyID>90-B3-D5-1F-30-01-00-00</ExistingRemotePartyID><ExistingCertificateHash>QftJIhWIxXA=<",
      '<RemotePartyDetails><StatusCode ResponseCode="127"><ASN1Status>other<',
    );
  });

  it("say what alerts are about", () => {
    holds(
      alert("FDOD", { activation: hex("0043000000000000000700010000600D00FF02").subarray(0, 19) }),
      "<GBCSHexAlertCode>8F66</GBCSHexAlertCode><AlertDescription>",
      "<FutureDatedCommandMessageCode>0043</FutureDatedCommandMessageCode><FutureDatedCommandOriginatorCounter>7<",
      "<ClassId>0001</ClassId><InstanceId>0000600D00FF</InstanceId><AttributeId>02<",
    );
    holds(alert("MIIWA", { reason: hex("0005") }), "<Warning>Error Unexpected Hardware Reset<");
    holds(
      alert("ECS100", { command: hex("00270000000000000009") }),
      "<MessageCodeofCommandReceived>0027<",
      "<OriginatorCounterfromCommandReceived>9<",
    );
    holds(
      alert("ECS102", { controller: 0x23, level: 40 }),
      "<AuxiliaryControllerN>3</AuxiliaryControllerN><ResultingLevel>40</ResultingLevel><InputFromControlledLoad/>",
    );
  });

  it("are none for a time that was never set: the octets stand alone", () => {
    const told = alert("GCA", {}, 0x8f3f, 0xffff_ffff);
    holds(
      told,
      '<DeviceAlertMessage><GBCSData format="plain" sequence="0" name="GCA" type="dlms">2gEC</GBCSData></DeviceAlertMessage>',
    );
  });

  it("are none for text that XML cannot carry, or that steers a terminal", () => {
    const told = answer("ECS26m", { modelType: { value: "A\u001b[2J" }, manufacturer: { value: "<&>" } });
    holds(told, "<GBCSData ", "<ManufacturerIdentifier>&lt;&amp;&gt;<");
    assert.deepEqual(paths(told), ["modelType.value"]);
  });
});
