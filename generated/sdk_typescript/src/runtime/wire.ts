/** Protobuf's wire format: numbers, lengths and tags, without knowledge of messages. */

import { Malformed } from "./schema.ts";

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;
const TWO_32 = 0x100000000;
const MAX_GROUPS = 100;
/** Texts up to this length are read faster by hand. */
const SHORT = 24;

/** Reads from `position` up to `end`; throws Malformed where the bytes end too early or mean nothing. */
export class Reader {
  position: number;
  end: number;
  /** The halves of the number that `varint` read last. */
  low = 0;
  high = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #decoder: TextDecoder | undefined;

  constructor(bytes: Uint8Array) {
    // Not the given object: a Buffer of Node has another `slice`.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.position = 0;
    this.end = bytes.length;
  }

  /** Number and type of the next field. */
  tag(): number {
    this.varint();
    if (this.high !== 0 || this.low >>> 3 === 0) {
      throw new Malformed("no field has this number");
    }
    return this.low;
  }

  /** Into `low` and `high`, unsigned. */
  varint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      const bits = byte & 127;
      if (shift < 28) {
        low |= bits << shift;
      } else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else {
        high |= bits << (shift - 32);
      }
      if (byte < 128) {
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    throw new Malformed("a number has more than ten bytes");
  }

  int32(): number {
    this.varint();
    return this.low | 0;
  }

  bool(): boolean {
    this.varint();
    return this.low !== 0 || this.high !== 0;
  }

  int64(): bigint {
    this.varint();
    return (BigInt(this.high | 0) << 32n) | BigInt(this.low);
  }

  /** An integer of 64 bits that a number holds exactly. */
  safe(): number {
    this.varint();
    const found = (this.high | 0) * TWO_32 + this.low;
    if (!Number.isSafeInteger(found)) {
      throw new Malformed("the number is beyond the contract's bounds");
    }
    return found;
  }

  double(): number {
    return this.#view.getFloat64(this.#advance(8), true);
  }

  /** Where the length-delimited field that follows begins; `position` is behind it then. */
  span(): number {
    this.varint();
    if (this.high !== 0) {
      throw new Malformed("the data ends too early");
    }
    return this.#advance(this.low);
  }

  bytes(): Uint8Array {
    const start = this.span();
    return this.#bytes.slice(start, this.position);
  }

  /** The same memory, for messages that are read later. */
  part(): Uint8Array {
    const start = this.span();
    return this.#bytes.subarray(start, this.position);
  }

  string(): string {
    const start = this.span();
    return this.#short(start) ?? this.#long(start);
  }

  skip(tag: number, groups = 0): void {
    const type = tag & 7;
    if (type === VARINT) {
      this.varint();
    } else if (type === LENGTH) {
      this.span();
    } else if (type === FIXED64 || type === FIXED32) {
      this.#advance(type === FIXED64 ? 8 : 4);
    } else if (type === START_GROUP && groups < MAX_GROUPS) {
      this.#skipGroup(tag, groups);
    } else {
      throw new Malformed("no field has this type");
    }
  }

  #skipGroup(start: number, groups: number): void {
    for (let tag = this.tag(); (tag & 7) !== END_GROUP; tag = this.tag()) {
      this.skip(tag, groups + 1);
    }
    if (this.low >>> 3 !== start >>> 3) {
      throw new Malformed("another group ends here");
    }
  }

  #short(start: number): string | undefined {
    if (this.position - start > SHORT) {
      return undefined;
    }
    let text = "";
    for (let index = start; index < this.position; index++) {
      const byte = this.#bytes[index] as number;
      if (byte > 127) {
        return undefined;
      }
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #long(start: number): string {
    this.#decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    try {
      return this.#decoder.decode(this.#bytes.subarray(start, this.position));
    } catch {
      throw new Malformed("a text is not UTF-8");
    }
  }

  #byte(): number {
    return this.#bytes[this.#advance(1)] as number;
  }

  #advance(length: number): number {
    const start = this.position;
    if (length > this.end - start) {
      throw new Malformed("the data ends too early");
    }
    this.position = start + length;
    return start;
  }
}

/** Writes into one growing array; a message's length is put before it when it is complete. */
export class Writer {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  #encoder: TextEncoder | undefined;

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  tag(number: number, type: number): void {
    this.varint(((number << 3) | type) >>> 0, 0);
  }

  varint(low: number, high: number): void {
    this.#reserve(10);
    while (high !== 0 || low > 127) {
      this.#bytes[this.#length++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.#bytes[this.#length++] = low;
  }

  /** An integer of up to 53 bits; protobuf has negative ones in ten bytes, those of 32 bits too. */
  integer(value: number): void {
    const high = Math.floor(value / TWO_32);
    this.varint(value - high * TWO_32, high >>> 0);
  }

  int64(value: bigint): void {
    const bits = BigInt.asUintN(64, value);
    this.varint(Number(bits & 0xffffffffn), Number(bits >> 32n));
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  bytes(value: Uint8Array): void {
    this.varint(value.length, 0);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  string(value: string): void {
    this.#encoder ??= new TextEncoder();
    const start = this.begin();
    this.#reserve(value.length * 3);
    this.#length += this.#encoder.encodeInto(value, this.#bytes.subarray(this.#length)).written;
    this.end(start);
  }

  /** The mark that `end` takes. */
  begin(): number {
    this.#reserve(1);
    return this.#length++;
  }

  end(mark: number): void {
    const length = this.#length - mark - 1;
    this.#reserve(10);
    if (length > 127) {
      const more = Math.floor(Math.log2(length) / 7);
      this.#bytes.copyWithin(mark + 1 + more, mark + 1, this.#length);
    }
    this.#length = mark;
    this.varint(length, 0);
    this.#length += length;
  }

  #reserve(length: number): void {
    if (this.#length + length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + length));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
  }
}
