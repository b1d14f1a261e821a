/** Values that the schema has no place for, by their paths without indices: they stand in GBCSData. */
export const withoutElement: readonly RegExp[] = [
  /^(deviceLog\.activeDevices)\.(status|rssiMax|rssiMin|lqiMax|lqiMean|lqiMin|hops|failures|successes|application|stack)$/,
  /^(deviceLog|historicDeviceLog)\.backUp\.(time|panId)$/,
  // A season begins at a date there.
  /Calendar\.seasonsActive\.start\.(hour|minute|second)$/,
  // Outcomes beyond success that have no code of their own.
  /^(joining\.list|firmwareImage\.version)\.code$/,
  // Parties and modes that DUIS does not know; more changed floors than one, more cells than three.
  /^credentials\.provide\.role$/,
  /^(credentials\.replace\.)?outcome\.(mode|floors\.|cells\.)/,
  // Alerts that have no payload of their own.
  /^(backup|configuration|change|assessment|devices)\./,
  /^(device|message|version|code)$/,
];
