/** Moments and durations: texts in the contract, seconds and nanoseconds in protobuf. Exact both ways. */

const MOMENT = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const DURATION = /^P(?=\d|T\d)(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})(?:\.(\d{1,9}))?S)?)?$/;
const FIRST_SECOND = -62135596800;
const LAST_SECOND = 253402300799;

/** Seconds since 1970 or of a span, and the nanoseconds beyond them. */
export interface Span {
  readonly seconds: number;
  readonly nanos: number;
}

/** Whole seconds go through `Date`, which is exact for them; the fraction never does. */
export function momentOf(text: string): Span | undefined {
  const found = MOMENT.exec(text);
  if (found === null) {
    return undefined;
  }
  const [, day, time, fraction, sign, hours, minutes] = found;
  const local = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(local) || new Date(local).toISOString().slice(0, 19) !== `${day}T${time}`) {
    return undefined;
  }
  if (Number(hours ?? 0) > 23 || Number(minutes ?? 0) > 59) {
    return undefined;
  }
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === "-" ? -60 : 60);
  const seconds = local / 1000 - offset;
  return inCalendar(seconds) ? { seconds, nanos: nanosOf(fraction) } : undefined;
}

/** In UTC, with 0, 6 or 9 digits of a second, as the server's JSON has it; undefined for what is no moment. */
export function momentText({ seconds, nanos }: Span): string | undefined {
  if (!inCalendar(seconds) || nanos < 0 || nanos > 999_999_999) {
    return undefined;
  }
  const digits = String(nanos).padStart(9, "0");
  const fraction = nanos === 0 ? "" : `.${nanos % 1000 === 0 ? digits.slice(0, 6) : digits}`;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${fraction}Z`;
}

export function durationOf(text: string): Span | undefined {
  const found = DURATION.exec(text);
  if (found === null) {
    return undefined;
  }
  const [days, hours, minutes, seconds] = found.slice(1, 5).map((part) => Number(part ?? 0)) as [number, number, number, number];
  return { seconds: ((days * 24 + hours) * 60 + minutes) * 60 + seconds, nanos: nanosOf(found[5]) };
}

/** In days and seconds, as the server's JSON has it; undefined where the signs of the two differ. */
export function durationText({ seconds, nanos }: Span): string | undefined {
  if (seconds * nanos < 0 || Math.abs(nanos) > 999_999_999) {
    return undefined;
  }
  const sign = seconds < 0 || nanos < 0 ? "-" : "";
  const days = Math.floor(Math.abs(seconds) / 86400);
  const rest = Math.abs(seconds) % 86400;
  const fraction = nanos === 0 ? "" : `.${String(Math.abs(nanos)).padStart(9, "0").replace(/0+$/, "")}`;
  const time = rest !== 0 || nanos !== 0 ? `T${rest}${fraction}S` : "";
  return `${sign}P${days !== 0 || time === "" ? `${days}D` : ""}${time}`;
}

function nanosOf(fraction: string | undefined): number {
  return Number((fraction ?? "").padEnd(9, "0"));
}

function inCalendar(seconds: number): boolean {
  return seconds >= FIRST_SECOND && seconds <= LAST_SECOND;
}
