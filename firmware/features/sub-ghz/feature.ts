/**
 * The hub's sub-GHz network (DBCH01 to DBCH11): its channel and the log of changes, scans for a quieter one, and the duty
 * cycle that law allows. Numbers of reasons, the regulator's share, capacity and what a scan takes are ours: the facts
 * name the measures and not these.
 */
import { concat } from "../../../hal/base/bytes.ts";
import type { SubGhzChannel, SubGhzEvent } from "../../../hal/board.ts";
import type { EventLog } from "../../kernel/event-log.ts";
import { Kept } from "../../kernel/kept.ts";
import { alerts, toPlain, type ValueOf, valueTypes } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { report } from "../report.ts";
import { channelBits, channelOctets, channelOf, channelsIn, maskOf, pages } from "./channels.ts";
import { type ChannelEntry, type Configuration, type ShownSubGhz, subGhzObjects } from "./cosem.ts";
import { AirTime, betterChannel, type DutyLevel, dutyLevel, dutySteps, type Heard } from "./machine.ts";

export interface SubGhzSettings {
  /** Share of air time that the regulator allows, hundredths of a per cent. */
  readonly subGhzRegulatoryShare: number;
  /** Devices on the sub-GHz network at most. */
  readonly subGhzCapacity: number;
  /** From a scan's beginning to its decision. */
  readonly subGhzScanMs: number;
}

/** Why a channel was changed, or a scan cannot be done: the octet of DBCH07 and DBCH08. */
const reasons = { none: 0, noRadio: 1, duty: 2, underWay: 3, agility: 4, scanned: 0, configured: 1 } as const;
const possible = { yes: 0, no: 1 } as const;
const weekMs = 7 * 86_400_000;
/** Searches for a lost gas meter, before it is told of. */
const searches = 3;
const codes = {
  limited: [alerts.dutyCycleLimited.code, alerts.dutyCycleBelowLimited.code],
  critical: [alerts.dutyCycleCritical.code, alerts.dutyCycleBelowCritical.code],
  regulated: [alerts.dutyCycleRegulated.code, alerts.dutyCycleBelowRegulated.code],
} as const;
const all = (page: keyof typeof pages): string =>
  maskOf(
    page,
    Array.from({ length: pages[page] }, (_, i) => i),
  );
/** Until the DCC sets another: every channel, and the limits that its sample sets. */
const initial: Configuration = {
  ...{ page28: all(28), page29: all(29), page30: all(30), page31: all(31) },
  ...{ limitedThreshold: 130, criticalThreshold: 220, changesPerWeek: 5, gsmeCurfew: 7 },
  ...{ quieterDb: 7, noisierDb: 12, poorShare: 6000, poorPeriods: 130, noisePeriod: 100 },
  ...{ failureShare: 4000, retryShare: 3000 },
};

export interface SubGhzFeature extends Feature {
  /** Is a message for the device to be dropped, to keep the duty cycle? Then it is told of (8F2C). */
  drops(device: Uint8Array, message: DroppedMessage): Promise<boolean>;
}

/** Of a message that is dropped: originator ‖ target ‖ kind ‖ counter, 25 octets. */
export type DroppedMessage = Uint8Array;

export function subGhzFeature(
  context: DeviceContext,
  log: EventLog,
  settings: SubGhzSettings,
): SubGhzFeature {
  const own = new SubGhz(context, log, settings);
  return {
    name: "sub-ghz",
    objects: subGhzObjects(own),
    start: () => own.start(),
    drops: (device, message) => own.drops(device, message),
  };
}

class SubGhz implements ShownSubGhz {
  readonly #context: DeviceContext;
  readonly #log: EventLog;
  readonly #settings: SubGhzSettings;
  readonly #configuration: Kept<Configuration>;
  readonly #channel: Kept<{ readonly bits: string }>;
  readonly #members: Kept<readonly string[]>;
  readonly #airTime = new AirTime();
  readonly #searches = new Map<string, number>();
  /** Uptimes of the changes of this week. */
  #changes: readonly number[] = [];
  #level: DutyLevel = "normal";
  /** Who was last told to be silent. */
  #silenced: Uint8Array = new Uint8Array(8);
  #scanning = false;
  #watching = false;

  constructor(context: DeviceContext, log: EventLog, settings: SubGhzSettings) {
    this.#context = context;
    this.#log = log;
    this.#settings = settings;
    this.#configuration = new Kept<Configuration>(context.journal, "sub-ghz/configuration", initial);
    this.#channel = new Kept(context.journal, "sub-ghz/channel", { bits: maskOf(28, [0]) });
    this.#members = new Kept<readonly string[]>(context.journal, "sub-ghz/members", []);
  }

  async start(): Promise<void> {
    const { subGhz } = this.#context.board;
    // A power cut may have come between a configuration and the change of channel that it asks for.
    await this.#leaveForbidden();
    if (subGhz === undefined) return;
    await subGhz.tune(channelOf(this.channel) as SubGhzChannel);
    subGhz.onEvent(this.#context.event<SubGhzEvent>("sub-ghz", (event) => this.#take(event)));
  }

  get configuration(): Configuration {
    return this.#configuration.value;
  }

  get channel(): string {
    return this.#channel.value.bits;
  }

  /** 8F2A tells of it; a channel that is no longer allowed is left. */
  async configure(next: Configuration): Promise<Status> {
    const allowed = channelsOf(next);
    if (allowed === undefined || allowed.length === 0) return Status.otherReason;
    if (next.limitedThreshold >= next.criticalThreshold) return Status.otherReason;
    const values = [toPlain(valueTypes.subGhzConfiguration, next)];
    await this.#configuration.keepWith(next, (change) =>
      report(this.#context, alerts.subGhzConfigurationChanged.code, { values, changes: [change] }),
    );
    await this.#leaveForbidden();
    await this.#weigh();
    return Status.success;
  }

  async #leaveForbidden(): Promise<void> {
    const allowed = channelsOf(this.configuration) ?? [];
    const [first] = allowed;
    if (first === undefined || allowed.some((channel) => channelBits(channel) === this.channel)) return;
    await this.#moveTo(first, reasons.configured);
  }

  /** Answered at once; whether it can be done, and what came of it, is told (8F28, 8F27, 8F26, 8F2B). */
  async scan(asked: number): Promise<Status> {
    if (asked !== 0) return Status.otherReason;
    const reason = this.#obstacle();
    const outcome = reason === reasons.none ? possible.yes : possible.no;
    await this.#assess(alerts.channelScanAssessed.code, outcome, reason);
    if (reason !== reasons.none) return Status.success;
    this.#scanning = true;
    await this.#assess(alerts.channelScanBegun.code, possible.yes, reasons.none);
    this.#context.after(this.#settings.subGhzScanMs, () => this.#listen());
    return Status.success;
  }

  #obstacle(): number {
    if (this.#context.board.subGhz === undefined) return reasons.noRadio;
    if (this.#scanning) return reasons.underWay;
    return this.#level === "critical" || this.#level === "regulated" ? reasons.duty : reasons.none;
  }

  #assess(code: number, outcome: number, reason: number): Promise<void> {
    return report(this.#context, code, { values: [[Uint8Array.of(outcome), Uint8Array.of(reason)]] });
  }

  async #listen(): Promise<void> {
    this.#scanning = false;
    const heard: Heard[] = [];
    for (const channel of channelsOf(this.configuration) ?? [])
      heard.push({ channel, noiseDbm: (await this.#context.board.subGhz?.noiseDbm(channel)) ?? 0 });
    const present = channelOf(this.channel) as SubGhzChannel;
    const better = betterChannel(heard, present, this.configuration.quieterDb);
    if (better === undefined) return;
    const nowMs = this.#context.board.clock.uptimeMs();
    this.#changes = this.#changes.filter((atMs) => nowMs - atMs < weekMs);
    if (this.#changes.length >= this.configuration.changesPerWeek)
      return this.#assess(alerts.channelChangeBlocked.code, possible.no, reasons.agility);
    await this.#moveTo(better, reasons.scanned);
  }

  /** Channel, its log, event log and alert in one commit. */
  async #moveTo(channel: SubGhzChannel, reason: number): Promise<void> {
    const bits = channelBits(channel);
    const { code } = alerts.channelChanged;
    const entry = {
      timeS: this.#context.stampS(),
      code,
      other: concat(channelOctets(bits), Uint8Array.of(0x09, 1, reason)),
    };
    const values = [[bits, Uint8Array.of(reason)]];
    await this.#channel.keepWith({ bits }, (moved) =>
      this.#log.appendWith(entry, (logged) =>
        report(this.#context, code, { values, changes: [moved, logged] }),
      ),
    );
    this.#changes = [...this.#changes, this.#context.board.clock.uptimeMs()];
    await this.#context.board.subGhz?.tune(channel);
  }

  async #take(event: SubGhzEvent): Promise<void> {
    if (event.kind === "sent") return this.#sent(event.device, event.airtimeMs);
    if (event.kind === "join") return this.#joins(event.device);
    const name = event.device.join();
    const count = (this.#searches.get(name) ?? 0) + 1;
    this.#searches.set(name, count % searches);
    if (count < searches) return;
    await this.#tell(alerts.lostGasMeterSearchesFailed.code, event.device);
  }

  async #sent(device: Uint8Array, airtimeMs: number): Promise<void> {
    const atMs = this.#context.board.clock.uptimeMs();
    this.#airTime.add(atMs, airtimeMs);
    this.#silenced = device;
    await this.#weigh();
  }

  /** Takes the measures of the level that the last hour's air time has come to, and tells of each (DBCH06). */
  async #weigh(): Promise<void> {
    const { limitedThreshold: limited, criticalThreshold: critical } = this.configuration;
    const thresholds = { limited, critical, regulated: this.#settings.subGhzRegulatoryShare };
    const share = this.#airTime.share(this.#context.board.clock.uptimeMs());
    const to = dutyLevel(share, thresholds);
    const steps = dutySteps(this.#level, to);
    this.#level = to;
    for (const step of steps) await this.#tell(codes[step.to][step.entered ? 0 : 1], this.#silenced);
    if (to === "normal" || this.#watching) return;
    this.#watching = true;
    this.#context.after(60_000, () => {
      this.#watching = false;
      return this.#weigh();
    });
  }

  #tell(code: number, device: Uint8Array): Promise<void> {
    return report(this.#context, code, { values: [device], other: device });
  }

  async #joins(device: Uint8Array): Promise<void> {
    const name = device.join();
    const members = this.#members.value;
    if (members.includes(name)) return;
    if (members.length >= this.#settings.subGhzCapacity) await this.#tell(alerts.subGhzFull.code, device);
    else await this.#members.keep([...members, name]);
  }

  async drops(device: Uint8Array, message: DroppedMessage): Promise<boolean> {
    const suspended = this.#level === "critical" || this.#level === "regulated";
    if (!suspended || !this.#members.value.includes(device.join())) return false;
    await report(this.#context, alerts.messageDropped.code, { values: [message] });
    return true;
  }

  changes(fromS: number, toS: number): readonly ChannelEntry[] {
    return this.#log
      .entries(fromS, toS)
      .map(({ timeS, code, other = new Uint8Array(7) }) => ({ time: timeS, code, channel: other }));
  }

  loadConfiguration(configuration: Configuration): Promise<void> {
    return this.#configuration.keep(configuration);
  }

  loadChannel(bits: string): Promise<void> {
    return this.#channel.keep({ bits });
  }

  async loadChanges(entries: readonly ChannelEntry[]): Promise<void> {
    await this.#log.clear();
    for (const { time: timeS, code, channel: other } of entries)
      await this.#log.append({ timeS, code, other });
  }
}

/** Every channel that a configuration allows; undefined when a mask is none of its page. */
function channelsOf(
  configuration: ValueOf<typeof valueTypes.subGhzConfiguration>,
): SubGhzChannel[] | undefined {
  const { page28, page29, page30, page31 } = configuration;
  const masks = [
    channelsIn(page28, 28),
    channelsIn(page29, 29),
    channelsIn(page30, 30),
    channelsIn(page31, 31),
  ];
  return masks.includes(undefined) ? undefined : masks.flatMap((channels) => channels ?? []);
}
