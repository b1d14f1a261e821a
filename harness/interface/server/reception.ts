/**
 * The way of a request: its signature is verified, what it covers is read, who signed must be who asks, and the DCC answers. A
 * request that the DCC is shown is on disk before its answer leaves and before the home's time goes on.
 */
import { CodedError, hasCode, messageOf } from "../../../hal/base/coded-error.ts";
import type { Service } from "../../headend/dcc/access.ts";
import type { Dcc } from "../../headend/dcc/dcc.ts";
import {
  type DccMessage,
  type RequestHeader,
  requestIdOf,
  type UserRequest,
} from "../../headend/dcc/messages.ts";
import type { FileKind } from "../../headend/thresholds/signed-file.ts";
import type { Users } from "../../headend/users.ts";
import { readRequestHeader, readUserRequest } from "../duis-request.ts";
import { verifySignature } from "../signature.ts";
import type { XmlElement } from "../xml-reader.ts";
import type { Store, Taken } from "./store.ts";
import { otherHistory, type Timeline } from "./timeline.ts";

/** What goes back over HTTP: a Response, or why there is none. */
export interface Reply {
  readonly status: number;
  readonly type: "application/xml" | "text/plain";
  readonly content: string;
  /** `reason`: what in its body could not be read. */
  readonly about?: { readonly code: string; readonly requestId: string; readonly reason?: string };
}

export interface ReceptionPorts {
  readonly users: Users;
  readonly dcc: Dcc;
  readonly timeline: Timeline;
  readonly store: Store;
  /** UTC milliseconds of the home. */
  nowMs(): number;
  /** XML, signed where it is to be. */
  write(message: DccMessage): string;
}

export class Reception {
  readonly #ports: ReceptionPorts;

  constructor(ports: ReceptionPorts) {
    this.#ports = ports;
  }

  /** Rejects with what is a fault of ours alone. */
  async receive(service: Service, xml: Uint8Array): Promise<Reply> {
    try {
      const request = this.#read(xml);
      const message = await this.#ports.timeline.do(() => this.#take(service, xml, request));
      const why = "fault" in request ? { reason: messageOf(request.fault) } : {};
      const about = { code: message.code, requestId: requestIdOf(request), ...why };
      return { status: 200, type: "application/xml", content: this.#ports.write(message), about };
    } catch (error) {
      return refused(error);
    }
  }

  /** A user's signed file: its thresholds, or what is to become of quarantined requests. */
  async receiveFile(kind: FileKind, content: Uint8Array): Promise<Reply> {
    const { store, timeline } = this.#ports;
    try {
      const done = await timeline.do(() => {
        const at = timeline.position;
        const summary = this.#act(kind, content);
        store.take({ at, service: kind, xml: content, code: "I0" });
        return summary;
      });
      return { status: 200, type: "text/plain", content: `${done}\n` };
    } catch (error) {
      return refused(error);
    }
  }

  #act(kind: FileKind, content: Uint8Array): string {
    const { dcc } = this.#ports;
    if (kind === "exit-quarantine") {
      const released = dcc.release({ content });
      return `to be processed: ${released.process.length}, deleted: ${released.delete.length}`;
    }
    const { user, thresholds } = dcc.anomalies.install({ content });
    return `thresholds of ${user} in force: ${thresholds.counts.length} of counts, ${thresholds.limits.length} of values`;
  }

  /** What was taken before, at the same place. Throws `serve/history` when it is answered otherwise now. */
  async again({ at, service, xml, code }: Taken): Promise<void> {
    const { timeline, dcc } = this.#ports;
    await timeline.replayTo(at);
    if (service === "thresholds" || service === "exit-quarantine") {
      this.#act(service, xml);
      return;
    }
    const answer = dcc.accept(readUserRequest(xml), service);
    if (answer.code !== code) throw otherHistory(`a request was answered ${code}, and is ${answer.code} now`);
  }

  /** Nothing else is read than what the signature covers. */
  #read(xml: Uint8Array): UserRequest | Unread {
    const { users, nowMs } = this.#ports;
    const { document, key } = verifySignature(xml, users.certificates);
    const header = readRequestHeader(document);
    users.originatorOf(key, header.originator, Math.floor(nowMs() / 1000));
    return readBody(document, header);
  }

  #take(service: Service, xml: Uint8Array, request: UserRequest | Unread): DccMessage {
    const { dcc, store, timeline } = this.#ports;
    const { form: formCode, full: fullCode } = dcc.settings.codes;
    if ("fault" in request)
      return this.#refusal(request, hasCode(request.fault, "interface/device") ? "E11" : formCode);
    if (store.fullFor(request.originator, xml.length) !== undefined) return this.#refusal(request, fullCode);
    const at = timeline.position;
    const answer = dcc.accept(request, service);
    store.take({ at, service, xml, code: answer.code });
    return answer;
  }

  #refusal(request: RequestHeader, code: string): DccMessage {
    const { reference } = request;
    const ServiceReference = reference.split(".").slice(0, 2).join(".");
    const body = { ResponseMessage: { ServiceReference, ServiceReferenceVariant: reference } };
    return { requestId: requestIdOf(request), code, timeMs: this.#ports.nowMs(), body };
  }
}

/** A request whose body cannot be read. */
interface Unread extends RequestHeader {
  readonly fault: CodedError;
}

function readBody(document: XmlElement, header: RequestHeader): UserRequest | Unread {
  try {
    return readUserRequest(document);
  } catch (error) {
    if (error instanceof CodedError && hasCode(error, "interface")) return { ...header, fault: error };
    throw error;
  }
}

/** HTTP's statuses for what is no request, is not signed, or is not signed by who asks. */
const refusals = [
  ["interface/signature", 401],
  ["headend/user", 403],
  ["interface", 400],
  ["thresholds/signature", 401],
  ["thresholds/old", 409],
  ["thresholds", 400],
  ["serve/stopped", 503],
] as const;

/** Throws what is a fault of ours. */
function refused(error: unknown): Reply {
  const status = refusals.find(([code]) => hasCode(error, code))?.[1];
  if (status === undefined) throw error;
  return { status, type: "text/plain", content: `${messageOf(error)}\n` };
}
