/** The report's style sheet: light and dark, no fonts or pictures from elsewhere. */
export const style = `
:root { color-scheme: light dark; --ink: #1c2530; --soft: #5d6b7a; --page: #f6f7f9; --card: #fff; --line: #dfe4ea;
  --good: #1a7f4b; --bad: #c0392b; --idle: #8a6d1a; --accent: #2456a6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaef; --soft: #9aa7b5; --page: #14181d; --card: #1c2229;
  --line: #303942; --good: #4cc38a; --bad: #ff7b6b; --idle: #e0b84c; --accent: #7fb0ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 22px; margin: 0; } h2 { font-size: 17px; margin: 36px 0 10px; }
.result { display: flex; gap: 28px; align-items: baseline; flex-wrap: wrap; margin: 18px 0; }
.verdict { font-size: 34px; font-weight: 700; } .good { color: var(--good); } .bad { color: var(--bad); } .idle { color: var(--idle); }
.count b { font-size: 22px; } .count, .facts dt, .dim { color: var(--soft); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 2px 18px; margin: 0; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
code, pre, .mono { font: 13px/1.5 ui-monospace, monospace; }
pre { background: var(--page); border: 1px solid var(--line); border-radius: 6px; padding: 12px; overflow-x: auto; }
.bar { display: flex; height: 8px; border-radius: 4px; overflow: hidden; background: var(--line); }
.bar i { background: var(--good); } .bar i.bad { background: var(--bad); } .bar i.idle { background: var(--idle); }
details { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: 6px 0; }
.scenario > summary { display: grid; grid-template-columns: 20px 1fr max-content; gap: 10px; padding: 8px 14px; cursor: pointer; }
details.scenario > div { padding: 0 14px 14px; }
.error { font-size: 17px; font-weight: 600; margin: 10px 0 2px; white-space: pre-wrap; } .at { margin: 0 0 8px; }
details.fold { border: 0; margin: 4px 0; background: none; } details.fold > summary { display: list-item; padding: 2px 0; color: var(--soft); }
.chart { margin: 6px 0; } .pick { min-height: 1.6em; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: 3px 12px 3px 0; vertical-align: top; }
td { border-top: 1px solid var(--line); overflow-wrap: anywhere; } th { color: var(--soft); font-weight: 500; }
.events { max-height: 320px; overflow: auto; } .events td:nth-child(2), .events td:nth-child(3) { white-space: nowrap; } .num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
`;
