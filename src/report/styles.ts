import { palette } from '../plots/palette.ts';
import { type Html, trusted } from './html.ts';

/** The page's style sheet, light and dark, screen and paper. */
export const styles: Html = trusted(`
:root{color-scheme:light dark;${variables('light')}}
@media screen and (prefers-color-scheme:dark){:root{${variables('dark')}}}
*{box-sizing:border-box}
html{font:100%/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;max-width:45rem;padding:2.5rem 1.25rem 3rem;overflow-wrap:break-word}
@media screen and (min-width:48rem){body{max-width:48.75rem;padding-inline:1.875rem}}
h1,h2,h3{line-height:1.25;text-wrap:balance;font-weight:650;margin:0}
h1{font-size:1.75rem;letter-spacing:-.011em;margin-block:.4rem .9rem}
h2{font-size:1.3rem;letter-spacing:-.006em}
h3{font-size:1.03rem}
h4{font-size:.9375rem;margin:1.1rem 0 .2rem}
p,ul,ol,dl,pre{margin:.6rem 0}
p,li,dd,figcaption{max-width:70ch}
section{margin-top:2.75rem}
section section{margin-top:2.25rem}
a{color:var(--accent);text-underline-offset:.15em}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
code,pre{font-family:ui-monospace,monospace;font-size:.875em}
sup{font-size:.7em;line-height:0}
sup a{text-decoration:none;padding:.4em .15em}
.small,figcaption,summary,.key,.note{font-size:.875rem;color:var(--muted)}
.eyebrow{margin:0;color:var(--muted);font-size:.9375rem}
.eyebrow b{font-weight:600;color:var(--ink)}
.status{display:inline-block;margin:1.1rem 0 0;padding:.1rem .6rem;border:1.5px solid;border-radius:1rem;font-size:.875rem;font-weight:650}
.good{color:var(--accent)}
.status.reliable{background:var(--accent);border-color:var(--accent);color:var(--paper)}
.warn{color:var(--warning)}
.plain{color:var(--muted)}
.lead{color:var(--muted)}
.lead em{color:var(--ink)}
.warning,.missing{border-left:3px solid var(--warning);padding:.1rem 0 .1rem .8rem}
.missing{border-color:var(--rule);color:var(--muted)}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.9375rem;font-variant-numeric:tabular-nums}
th,td{padding:.45rem .9rem .45rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
th:last-child,td:last-child{padding-right:0}
thead th{font-size:.8125rem;font-weight:600;color:var(--muted);white-space:nowrap}
tbody th{font-weight:600}
.rules{width:100%}
.rules td:first-child{width:8.5rem}
.outcome{font-weight:600;white-space:nowrap}
.holds .outcome{color:var(--accent)}
.flag .outcome{color:var(--warning)}
.not-measured .outcome{color:var(--muted);font-weight:500}
.numbers th,.numbers td{text-align:right;white-space:nowrap}
.numbers th:first-child,.numbers td:first-child{text-align:left}
.numbers td,.numbers th{padding-block:.25rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:0 1.75rem}
.tiles div{border-top:1px solid var(--rule);padding:.6rem 0 .9rem}
.tiles dt{font-size:.875rem;font-weight:600}
.tiles dd{margin:0}
.tiles .value{display:block;font-size:1.5rem;font-weight:650;line-height:1.3;font-variant-numeric:tabular-nums}
.tiles small{font-size:.9375rem;font-weight:500;color:var(--muted)}
.nowrap{white-space:nowrap}
.tiles .note{display:block;font-variant-numeric:tabular-nums}
.command,.seen{background:var(--panel);border-radius:.35rem;padding:.8rem 1rem;line-height:1.6}
.command{white-space:pre-wrap}
.command span{display:inline-block;max-width:100%;overflow-wrap:anywhere;text-indent:-1.5em;padding-left:1.5em}
.command span:first-child{text-indent:0;padding-left:0}
figure{margin:0}
figure svg{display:block;width:100%;height:auto;margin:.5rem 0 .25rem;overflow:visible}
.narrow{display:none}
.key{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1.25rem;padding:0;margin:.35rem 0}
.key span{font-size:1rem}
.key .accent{color:var(--accent)}
.key .warning{color:var(--warning);border:0;padding:0}
.key .ink{color:var(--ink)}
.key .second{color:var(--second)}
.key .third{color:var(--third)}
.key .muted{color:var(--muted)}
.key .rule{color:var(--rule)}
details{margin-top:.5rem}
summary{cursor:pointer;width:fit-content}
details[open] summary{margin-bottom:.4rem}
details .scroll{max-height:24rem;overflow-y:auto}
.items{list-style:none;padding:0}
.items li{display:grid;grid-template-columns:7rem 1fr;gap:0 1rem;border-top:1px solid var(--rule);padding:.6rem 0;max-width:none}
.items p{margin:.1rem 0}
.measure{font-size:.8125rem;color:var(--muted);font-variant-numeric:tabular-nums}
.measure b{display:block;font-size:1.125rem;line-height:1.4;color:var(--accent)}
.backwards .measure b{color:var(--warning)}
.measure span{display:block}
.prompt{font-weight:600;white-space:pre-line}
.items p:has(.side){padding-inline-start:1.25em;text-indent:-1.25em}
.side{text-indent:0;display:inline-block;width:1em;font-weight:650;color:var(--muted)}
section>h3{margin-top:1.6rem}
.figure>h3{margin-top:0}
.continuations{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:0 1.75rem}
.continuations div{border-top:1px solid var(--rule);padding:.5rem 0 .8rem}
.continuations dt{font-size:.875rem;font-weight:600;color:var(--muted)}
.score{float:right;font-weight:500;font-variant-numeric:tabular-nums}
.continuations dd{margin:.15rem 0 0;white-space:pre-line;font-size:.9375rem}
.seen{white-space:pre-wrap}
.seen mark{background:none;color:var(--accent);border:1px solid var(--rule);border-radius:.2rem;padding:0 .15rem}
.seen i{font-style:normal;color:var(--muted)}
.space{position:relative}
.space::before{content:"·";position:absolute;left:0;right:0;text-align:center;opacity:.75}
.tab::before{content:"→"}
.line::before{content:"↵"}
.facts div{display:grid;grid-template-columns:9.5rem 1fr;gap:0 1rem;border-top:1px solid var(--rule);padding:.4rem 0}
.facts dt{font-weight:600;font-size:.9375rem}
.facts dd{margin:0;font-size:.9375rem;min-width:0}
.checks div{display:grid;grid-template-columns:9.5rem 1fr;gap:0 1rem;border-top:1px solid var(--rule);padding:.45rem 0}
.checks dt{font-weight:600;font-size:.9375rem}
.checks dd{margin:0}
.checks .value{display:block;font-weight:600;font-variant-numeric:tabular-nums}
.checks .note{display:block}
.all-items .words{text-align:left;white-space:normal;min-width:20rem;font-size:.8125rem}
.all-items th:first-child{white-space:nowrap;text-align:right}
.backwards-mark{color:var(--warning);font-weight:500}
.hash{overflow-wrap:anywhere}
.footnotes{font-size:.875rem;padding-left:1.4rem}
footer{margin-top:3rem;border-top:1px solid var(--rule);color:var(--muted);font-size:.875rem}
@media screen and (min-width:74rem){
body{max-width:71.75rem}
main>header,main>section,.single{max-width:45rem}
main>.figures{max-width:none}
.pair,figure{display:grid;grid-template-columns:minmax(0,45rem) minmax(0,1fr);gap:0 3rem}
.pair{grid-template-rows:auto 1fr}
.pair>:nth-child(2){grid-column:2;grid-row:1/span 2}
.pair .tiles{grid-template-columns:1fr 1fr;gap:0 1.25rem}
figure{grid-template-areas:"picture note" "picture key" "picture help";grid-template-rows:auto auto 1fr}
figure>.wide{grid-area:picture}
figure>.small{grid-area:note;margin-top:.5rem}
figure>.key{grid-area:key;flex-direction:column}
figcaption{grid-area:help;margin-top:.35rem}
}
@media (max-width:37.5rem){
body{padding:1.5rem 1.25rem 2.5rem}
h1{font-size:1.4rem}
.wide{display:none}
.narrow{display:block}
.rules td:first-child{width:6.6rem}
.rules thead th{white-space:normal}
.rules .outcome{font-size:.875rem;white-space:normal}
.items li{grid-template-columns:1fr}
.measure{display:flex;gap:.75rem;align-items:baseline}
.facts div,.checks div{grid-template-columns:1fr}
.tiles{grid-template-columns:1fr 1fr;gap:0 1.25rem}
}
@media print{
html{font-size:10.5pt}
body{max-width:none;padding:0}
.wide{display:block}
.narrow{display:none}
section{break-inside:auto}
h1,h2,h3{break-after:avoid}
figure,.items li,.facts div,.tiles div,.continuations div,tr,.command,.checks div{break-inside:avoid}
.scroll{overflow:visible}
details:not([open]){display:none}
.seen,.command{border:1px solid var(--rule)}
a{color:inherit}
}
`);

function variables(scheme: 'light' | 'dark'): string {
  return Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour[scheme]}`)
    .join(';');
}
