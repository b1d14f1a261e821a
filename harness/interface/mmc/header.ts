/** The format's Header, from the message's envelope. */
import { ClockStatus, dateTimeFields } from "../../../firmware/wire/gbcs/date-time.ts";
import type { GbcsEnvelope } from "../../../firmware/wire/gbcs/wire.ts";
import type { Written } from "../xml-writer.ts";
import { code, euiWord } from "./words.ts";

const element = (name: string, content: string | undefined): Written[] =>
  content === undefined ? [] : [{ name, content }];

/** `reference`: the service reference variant, where it is known. */
export function headerOf(
  { header, otherInformation, dateTime }: GbcsEnvelope,
  reference: string | undefined,
): Written {
  const { party, counter, originatorCounter } = otherInformation;
  return {
    name: "Header",
    content: [
      ...element("BusinessOriginatorID", euiWord(header.originator)),
      ...element("BusinessTargetID", euiWord(header.target)),
      ...element("OriginatorCounter", String(header.counter)),
      ...element("SupplementaryRemotePartyID", party && euiWord(party)),
      ...element("SupplementaryRemotePartyCounter", counter?.toString()),
      ...element("SupplementaryOriginatorCounter", originatorCounter?.toString()),
      ...element("GBCSHexadecimalMessageCode", code(header.code)),
      ...element("ServiceReference", reference?.split(".").slice(0, 2).join(".")),
      ...element("ServiceReferenceVariant", reference),
      ...timestamp(dateTime),
    ],
  };
}

/** The device's time and what it holds of its clock; nothing where no moment is specified. */
function timestamp(octets: Uint8Array | undefined): Written[] {
  if (octets === undefined) return [];
  const { year, month, day, hour, minute, second, status } = dateTimeFields(octets, 0);
  const parts = [year, month, day, hour, minute, second];
  if (parts.includes(undefined)) return [];
  const [y, ...rest] = parts.map((part) => String(part).padStart(2, "0"));
  const [mo, d, h, mi, s] = rest;
  const clock = status === undefined ? {} : { ClockStatus: clockWord(status) };
  return [{ name: "Timestamp", attributes: clock, content: `${y}-${mo}-${d}T${h}:${mi}:${s}Z` }];
}

function clockWord(status: number): string {
  if ((status & ClockStatus.invalid) !== 0) return "invalid";
  return status === 0 ? "reliable" : "unreliable";
}
