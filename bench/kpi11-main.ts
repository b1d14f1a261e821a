/** Prints KPI 11 over bursts in virtual time, and exits 1 when a user that can be reached was told too late, or the report counts otherwise than its users. */
import { DCC, mark } from "../harness/headend/markings.ts";
import { kpi11Lines } from "../harness/reports/service-measures.ts";
import { bursts, playBurst } from "./kpi11.ts";

for (const burst of bursts) {
  const { title, passed, refused, kpi, toldInTime } = await playBurst(burst);
  const isInTime = kpi.share === 100 || burst.unreachable !== undefined;
  const met = isInTime && kpi.within === toldInTime && kpi.open === 0 && kpi.anomalous > 0;
  if (!met) process.exitCode = 1;
  console.log(
    `${met ? "met   " : "MISSED"} ${title}: ${passed} passed, ${kpi.anomalous} quarantined, ${refused} refused`,
  );
  const report = mark(kpi, "confidential", DCC, { concernsDcc: true, couldHarm: true });
  for (const line of kpi11Lines(report)) console.log(`       ${line}`);
}
