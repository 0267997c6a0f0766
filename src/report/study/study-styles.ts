import { type Html, trusted } from '../html.ts';

/** What the page of a study adds to the style sheet of a report. */
export const studyStyles: Html = trusted(`
h4{font-size:.9375rem;margin:1rem 0 .2rem}
.figure{scroll-margin-top:1rem}
.figure>.eyebrow{font-size:.8125rem;margin-bottom:.15rem}
.figure>h3{text-wrap:pretty}
.key .second{color:var(--second)}
.key .third{color:var(--third)}
.key .muted{color:var(--muted)}
.key .rule{color:var(--rule)}
.figure figure{display:flex;flex-direction:column}
.figure figcaption{display:contents}
.figure .key{order:1}
.figure figure>div{order:2}
.figure .note,.figure .help{order:3;font-size:.875rem;color:var(--muted);max-width:70ch;margin:.4rem 0 0}
.findings{margin:1.75rem 0 0}
.findings div{display:grid;grid-template-columns:12rem minmax(0,1fr);gap:0 1.5rem;border-top:1px solid var(--rule);padding:.6rem 0}
.findings dt{font-size:.9375rem;font-weight:600;line-height:1.4}
.findings dt a{color:var(--ink);text-decoration:none}
.findings dd{margin:0;max-width:none}
.findings p{margin:0;max-width:70ch}
.findings ul{list-style:none;padding:0;margin:.25rem 0 0;display:flex;flex-wrap:wrap;gap:0 1rem;font-size:.8125rem}
.findings a:hover,.index a:hover{text-decoration:underline}
.findings li a,.index a{text-decoration:none}
.index{margin-top:2.75rem}
.index ul{list-style:none;padding:0;margin:.8rem 0 0;columns:19rem;column-gap:2.5rem}
.index li{border-top:1px solid var(--rule);break-inside:avoid;max-width:none}
.index a{display:grid;grid-template-columns:7.6rem 1fr;padding:.3rem 0;font-size:.875rem;color:var(--ink)}
.index b{color:var(--accent)}
.index li small{display:block;padding:0 0 .3rem 7.6rem}
.absent,.absent b,.absent span{color:var(--muted)}
small.absent{font-size:.75rem}
main>.runs{max-width:none}
.sortable{font-size:.8125rem}
.sortable th,.sortable td{padding:.3rem .8rem .3rem 0}
.sortable tbody th{font-weight:600;min-width:12rem;max-width:17rem}
.sortable td{white-space:nowrap}
.sortable td:nth-child(2),.sortable td:last-child{white-space:normal;min-width:8rem}
.sortable .number{text-align:right}
.sortable thead th{vertical-align:bottom}
.sortable small{display:block;font-weight:400;font-size:.75rem;color:var(--muted)}
.figure p>a[download]{font-size:.875rem}
.sortable button{all:unset;cursor:pointer;white-space:nowrap}
.sortable button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.sortable button:hover{color:var(--ink)}
.sortable th[aria-sort]{color:var(--accent)}
.sortable th[aria-sort=ascending] button::after{content:" ↑"}
.sortable th[aria-sort=descending] button::after{content:" ↓"}
.left-out td,.left-out th{color:var(--muted)}
.numbers .text{text-align:left}
.numbers .long{white-space:normal;min-width:16rem}
.hashes{font-size:.75rem}
.runs .scroll{max-height:44rem;overflow-y:auto}
.runs thead th{position:sticky;top:0;background:var(--paper)}
@media screen and (min-width:74rem){
main>header,main>.index{max-width:none}
.figure figure{display:grid}
.figure figcaption{display:block;grid-area:auto/2;position:sticky;top:1.5rem;align-self:start;margin:.5rem 0 0}
.figure figure>div{grid-area:1/1}
.figure .key{margin-top:0}
main>header>h1{max-width:26em}
}
@media (max-width:37.5rem){
.findings div{grid-template-columns:1fr;gap:.15rem}
}
@media print{
.runs .scroll{max-height:none}
.runs thead th{position:static}
.sortable{font-size:6.5pt}
.sortable th,.sortable td{padding-right:.35rem;white-space:normal}
.sortable tbody th{min-width:0}
.sortable thead th,.sortable button{white-space:normal}
.sortable small{font-size:6pt}
.sortable td:nth-child(2),.sortable td:last-child{min-width:0}
.figure>.scroll{overflow:hidden}
.figure>.scroll .numbers{font-size:6.5pt;width:100%}
.figure>.scroll .numbers th,.figure>.scroll .numbers td{white-space:normal;padding-right:.35rem}
.numbers .long{min-width:0}
.figure,.figure figure{display:block;break-inside:auto}
.figure figcaption{display:block}
.figure>h3,.figure>.eyebrow{break-after:auto}
.figure .wide svg{margin-block:.3rem}
.figure .on-paper svg{max-height:195mm}
.figure:has(.on-paper){break-inside:avoid}
.figure>details{display:none}
}
`);
