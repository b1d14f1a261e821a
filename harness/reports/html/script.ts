/** What the report does in a browser: draws a scenario's timeline when it is opened. Plain script, no imports. */
export const script = `
const ink = () => getComputedStyle(document.documentElement).getPropertyValue("--ink").trim();
const soft = () => getComputedStyle(document.documentElement).getPropertyValue("--soft").trim();
const line = () => getComputedStyle(document.documentElement).getPropertyValue("--line").trim();
const hues = ["#2456a6", "#1a7f4b", "#c0392b", "#c77700", "#7b4bb3", "#00838f", "#8d4b2a", "#e00000"];
const clock = (s) => {
  const d = Math.floor(s / 86400), rest = new Date(Math.round((s % 86400) * 1000)).toISOString();
  return (d > 0 ? d + "d " : "") + rest.slice(11, s < 120 ? 23 : 19).replace(/\\.000$/, "");
};
function draw(box) {
  const items = JSON.parse(box.querySelector("script").textContent);
  if (items.length === 0) return;
  const used = [...new Set(items.map((i) => i[1]))].sort((a, b) => a - b);
  const row = new Map(used.map((lane, i) => [lane, used.length - 1 - i]));
  const x = items.map((i) => i[0]);
  const data = [x, ...used.map((lane) => items.map((i) => (i[1] === lane ? row.get(lane) : null)))];
  const pick = box.querySelector(".pick");
  new uPlot({
    width: box.querySelector(".chart").clientWidth, height: 52 + 26 * used.length,
    cursor: { y: false, drag: { x: true, y: false } }, legend: { show: false },
    scales: { x: { time: false }, y: { range: [-0.6, used.length - 0.4] } },
    axes: [
      { stroke: soft, grid: { stroke: line }, ticks: { stroke: line }, values: (u, v) => v.map(clock), space: 90 },
      { stroke: ink, grid: { stroke: line }, ticks: { show: false }, size: 108, splits: used.map((l) => row.get(l)),
        values: (u, v) => v.map((y) => lanes[used[used.length - 1 - y]] ?? "") },
    ],
    series: [{}, ...used.map((lane) => ({ stroke: hues[lane], paths: () => null,
      points: { show: true, size: lanes[lane] === "failure" ? 14 : 8, fill: hues[lane], stroke: hues[lane] } }))],
    hooks: { setCursor: [(u) => {
      const i = u.cursor.idx; if (i == null || !items[i]) return;
      pick.textContent = clock(items[i][0]) + "  " + items[i][2] + ": " + items[i][3];
    }] },
  }, data, box.querySelector(".chart"));
}
for (const box of document.querySelectorAll("details.scenario")) {
  const once = () => { if (box.open && !box.dataset.drawn) { box.dataset.drawn = "1"; draw(box); } };
  box.addEventListener("toggle", once); once();
}
`;
