/** Reference sets, answered by the model and compared. */
export { conform } from "./conform.ts";
export { conformPage } from "./page.ts";
export { type ConformReport, type Difference, lacksKey } from "./report.ts";
