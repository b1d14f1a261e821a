/**
 * The image slots as SMP's image group sees them: list, upload, erase, test, confirm (the rules of Zephyr's
 * server). Uploads survive a power cut: what an upload is stands in the secondary's trailer sector, how far
 * it came is seen from the slot itself, and an upload of the same file goes on from there.
 */
import type { Crypto } from "../../hal/board.ts";
import { MeterbenchError } from "../kernel/errors.ts";
import { equal, isBlank } from "./bytes.ts";
import { HEADER_BYTES, parseHeader, TlvType } from "./image.ts";
import { PAGE_BYTES, type Slot, type Slots } from "./slot.ts";
import { decideSwap, type SwapType } from "./trailer.ts";
import { UploadRecord } from "./upload-record.ts";
import { compareVersions, versionText } from "./version.ts";
