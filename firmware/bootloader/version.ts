/** Versions of MCUboot images: `major.minor.revision+build`. */
export interface ImageVersion {
  readonly major: number;
  readonly minor: number;
  readonly revision: number;
  readonly build: number;
}

/** What the fields hold at most, in their order. */
const highest = [0xff, 0xff, 0xffff, 0xffff_ffff];

/** 8 bytes, little endian: u8, u8, u16, u32. */
export function readVersion(view: DataView, offset: number): ImageVersion {
  return {
    major: view.getUint8(offset),
    minor: view.getUint8(offset + 1),
    revision: view.getUint16(offset + 2, true),
    build: view.getUint32(offset + 4, true),
  };
}

/** As SMP servers print it: the build number only when it is not 0. */
export function versionText({ major, minor, revision, build }: ImageVersion): string {
  return `${major}.${minor}.${revision}${build === 0 ? "" : `.${build}`}`;
}

/** A version as servers print it: the build number behind a dot or a plus, or left out. Undefined for anything else. */
export function parseVersion(text: string): ImageVersion | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,5})(?:[.+](\d{1,10}))?$/.exec(text);
  if (parts === null) return undefined;
  const numbers = parts.slice(1).map((digits) => Number(digits ?? 0));
  if (numbers.some((number, i) => number > highest[i]!)) return undefined;
  const [major, minor, revision, build] = numbers;
  return { major: major!, minor: minor!, revision: revision!, build: build! };
}

/** Negative when `a` is older. The build number counts only with `withBuild` (MCUboot leaves it out). */
export function compareVersions(a: ImageVersion, b: ImageVersion, withBuild = false): number {
  return (
    a.major - b.major || a.minor - b.minor || a.revision - b.revision || (withBuild ? a.build - b.build : 0)
  );
}
