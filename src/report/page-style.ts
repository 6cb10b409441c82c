/** How the page of the `html` reporter looks: no font, image or colour from elsewhere, so that its digest can stand in the page's policy. */
export const PAGE_STYLE = `
:root{--paper:#fff;--raised:#f6f8fa;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--link:#0550ae;
--bad:#8e0b21;--bad-on:#ffe5e3;--warn:#6b4300;--warn-on:#fff1cc;--good:#0d5323;--good-on:#d8f7df;--open:#46348c;--open-on:#ece6ff;--calm:#3d454e;--calm-on:#e8ecf0}
@media (prefers-color-scheme:dark){:root{--paper:#0d1117;--raised:#161b22;--ink:#e6edf3;--soft:#9da7b3;--line:#3d444d;--link:#79c0ff;
--bad:#ffc1bc;--bad-on:#5a1519;--warn:#f5d372;--warn-on:#43310a;--good:#8df09a;--good-on:#113b20;--open:#d9ccff;--open-on:#37296b;--calm:#cdd5de;--calm-on:#2d343d}}
*{box-sizing:border-box}
html{color-scheme:light dark;scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
.page{max-width:76rem;margin:0 auto;padding:0 1.25rem}
.skip{position:absolute;left:-99rem;padding:.5rem 1rem;background:var(--paper);z-index:1}
.skip:focus{left:.5rem;top:.5rem}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
h1,h2,h3,h4{line-height:1.25;margin:0}
h1{font-size:1.75rem;letter-spacing:-.01em}
h2{font-size:1.3rem;margin:3rem 0 .35rem;padding-bottom:.35rem;border-bottom:1px solid var(--line)}
h3{font-size:1.05rem}section>h3{margin:1.5rem 0 .3rem}
h4{font-size:.75rem;text-transform:uppercase;letter-spacing:.06em;color:var(--soft);margin:1.25rem 0 .35rem}
p{margin:.5rem 0}
ul,ol{padding-left:1.3rem;margin:.35rem 0}
code,.id{font:.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{background:var(--raised);border:1px solid var(--line);border-radius:4px;padding:.08em .35em;-webkit-box-decoration-break:clone;box-decoration-break:clone;user-select:all}
.note{color:var(--soft);font-size:.9rem}
.top{border-bottom:1px solid var(--line);background:var(--raised);padding:1.5rem 0 1.25rem}
.verdict{display:flex;flex-wrap:wrap;align-items:center;gap:.6rem 1rem;margin:.75rem 0 .25rem;font-size:1.05rem}
.chip{display:inline-block;padding:0 .6em;border:1px solid transparent;border-radius:1em;font-size:.82rem;font-weight:600;white-space:nowrap;background:var(--calm-on);color:var(--calm)}
.verdict .chip{font-size:1rem;padding:.15em .85em}
.rebuilt,.foreign,.high,.exit-1{background:var(--bad-on);color:var(--bad)}
.untested,.medium{background:var(--warn-on);color:var(--warn)}
.selfsame,.equivalent,.exit-0{background:var(--good-on);color:var(--good)}
.unresolved,.exit-3{background:var(--open-on);color:var(--open)}
.coverage{list-style:none;padding:0;margin:1rem 0 0}
.coverage li{margin:.6rem 0}
.bar{display:block;width:100%;height:.6rem;border-radius:3px;margin-bottom:.25rem;background:var(--calm-on)}
.bar rect{stroke:var(--raised);stroke-width:.15}
.bar .rebuilt,.bar .foreign{fill:#cf222e}.bar .untested{fill:#bf8700}.bar .selfsame,.bar .equivalent{fill:#2da44e}.bar .unresolved{fill:#8250df}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:1rem 0 0}
table{border-collapse:collapse;width:100%;font-size:.92rem}
caption{text-align:left;color:var(--soft);font-size:.86rem;padding:.35rem 0}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line)}
thead th{font-size:.8rem;color:var(--soft);font-weight:600}
tbody th{font-weight:500}
.scroll{overflow-x:auto}.wide td,.wide th{min-width:6.5rem}.wide td:last-child{min-width:15rem}
.matrix td,.matrix th{min-width:8.5rem}.matrix th:first-child{width:34%;position:sticky;left:0;background:var(--paper)}.matrix td,.matrix th{vertical-align:baseline}
.cell{display:block;margin:.1rem 0;color:var(--ink);text-decoration:none}.cell .id{color:var(--link)}.cell:hover .id,.cell:focus .id{text-decoration:underline}
.rows{table-layout:fixed}.rows th:first-child{width:58%}.rows .id,.rows .note{display:block}
tr:target{background:var(--raised);box-shadow:-.6rem 0 0 var(--raised),-.8rem 0 0 var(--link)}
.finding{border:1px solid var(--line);border-left:5px solid var(--calm);border-radius:6px;padding:1rem 1.25rem 1.1rem;margin:1.1rem 0;content-visibility:auto;contain-intrinsic-size:auto 34rem}
.finding.is-high{border-left-color:#cf222e}.finding.is-medium{border-left-color:#bf8700}
.finding>h3{display:flex;flex-wrap:wrap;gap:.35rem .6rem;align-items:center}
.index{list-style:none;padding:0}.index li{margin:.25rem 0}
.lead{font-size:1.03rem;margin:.6rem 0}
.sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:.75rem}
.side{background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:.7rem .9rem}
.side h4{margin:0 0 .3rem}.side .id{font-size:.76rem}
dl{margin:0;font-size:.92rem}
dt{color:var(--soft);font-size:.8rem}
dd{margin:0 0 .45rem}
.fix h4{margin-top:0}.sides+.fix{margin-top:.75rem}
.command{display:block;margin:.35rem 0;padding:.4rem .6rem;background:var(--paper);border-radius:6px}
.fix{border-left:3px solid var(--good);background:var(--raised);padding:.55rem .9rem;border-radius:0 6px 6px 0}
.line{list-style:none;padding:0;margin:.4rem 0;border-left:2px solid var(--line)}
.line li{position:relative;padding:.1rem 0 .6rem 1.1rem;font-size:.92rem}
.line li::before{content:"";position:absolute;left:-6px;top:.55rem;width:10px;height:10px;border-radius:50%;background:var(--paper);border:2px solid var(--soft)}
.line .event::before{background:var(--link);border-color:var(--link)}
time{font-variant-numeric:tabular-nums;color:var(--soft)}
.line time{display:block;font-size:.82rem}
details{margin:.6rem 0}
summary{cursor:pointer;padding:.25rem 0}
.group{content-visibility:auto;contain-intrinsic-size:auto 2.5rem}
footer{border-top:1px solid var(--line);margin-top:3rem;padding:1rem 0 2rem}
@media (max-width:36rem){body{font-size:15px}h1{font-size:1.4rem}.page{padding:0 .9rem}.finding{padding:.85rem .9rem}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{:root{--paper:#fff;--raised:#fff;--ink:#000;--soft:#444;--line:#bbb;--link:#000;--bad:#8e0b21;--bad-on:#fff;--warn:#6b4300;--warn-on:#fff;--good:#0d5323;--good-on:#fff;--open:#46348c;--open-on:#fff;--calm:#333;--calm-on:#fff}
html{color-scheme:light}body{font-size:10pt}.page{max-width:none;padding:0}nav,.skip{display:none}.chip{border:1px solid}.finding,.group{content-visibility:visible}
details::details-content{content-visibility:visible;block-size:auto}.scroll{overflow:visible}
.side,.fix,.line li,tr{break-inside:avoid}h2,h3,h4,caption,dt{break-after:avoid}thead{display:table-header-group}}
`;
