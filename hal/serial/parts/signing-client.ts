import type { Line } from "../line/line.ts";
import { encodePayload, type Payload } from "../smp/cbor.ts";
import { SmpClient } from "../smp/client.ts";
import type { RequestOptions, SmpClientOptions } from "../smp/client-options.ts";
import { SmpError } from "../smp/errors.ts";
import { malformed } from "../smp/fields.ts";
import type { SmpOperation } from "../smp/message.ts";
import type { ControlKey } from "./board-client.ts";
import { boardGroupId, Command, describeResponse, isActing } from "./board-group.ts";
import { sealCommand, signedBytes } from "./signed.ts";

/**
 * An SMP client that signs what acts (board-group.cddl, command 18), in whatever group: a board that wants its commands
 * signed can be flashed and reset with it like any other.
 */
export class SigningClient extends SmpClient {
  readonly #control: ControlKey;
  #boardId: string | undefined;

  constructor(line: Line, options: SmpClientOptions & { readonly control: ControlKey }) {
    super(line, options);
    this.#control = options.control;
    this.#boardId = options.control.boardId;
  }

  /** Repeated under a new counter: the board may have taken the one before, and refuses that twice. */
  override async request(
    operation: SmpOperation,
    group: number,
    command: number,
    payload: Payload = {},
    options: RequestOptions = {},
  ): Promise<Payload> {
    if (operation !== "write" || !isActing(group, command))
      return super.request(operation, group, command, payload, options);
    const boardId = await this.#askBoardId();
    for (let retries = options.retries ?? 0; ; retries--)
      try {
        const cose = this.#seal(boardId, group, command, payload);
        return await super.request(
          "write",
          boardGroupId,
          Command.signed,
          { cose },
          { ...options, retries: 0 },
        );
      } catch (error) {
        if (retries <= 0 || !(error instanceof SmpError) || error.code !== "smp/timeout") throw error;
      }
  }

  /** Less what the signature takes. */
  override async maxPacketBytes(): Promise<number> {
    return (await super.maxPacketBytes()) - signedBytes;
  }

  /** Asked once: a board keeps its id over resets. One that does not describe itself takes no signature either. */
  async #askBoardId(): Promise<string> {
    if (this.#boardId === undefined) {
      const answer = await super.request("read", boardGroupId, Command.describe);
      const description = describeResponse.safeParse(answer);
      if (!description.success) throw malformed("board description", "a description", answer);
      this.#boardId = description.data.id;
    }
    return this.#boardId;
  }

  #seal(boardId: string, group: number, command: number, payload: Payload): Uint8Array {
    const inner = { counter: this.#control.nextCounter(), group, command, payload: encodePayload(payload) };
    return sealCommand(inner, boardId, (input) => this.#control.sign(input));
  }
}
