import{i as e}from"./inert-text.js";var t=class{text;constructor(e){this.text=e}};function n(e,...n){let i=e[0];return n.forEach((t,n)=>{i+=r(t)+e[n+1]}),new t(i)}function r(n){return n==null||n===!1?``:n instanceof t?n.text:typeof n==`object`?n.map(r).join(``):e(String(n))}const i=new t(``),a=(e,t,r,a=i)=>r.text===``?i:n`<section id="${e}"><h2>${t}</h2>${a.text===``?i:n`<p class="lead">${a}</p>`}${r}</section>`,o=(e,t,r=i)=>t.length===0?i:n`<div class="scroll"><table><thead><tr>${e.map(e=>n`<th${s(e)}>${e.text}</th>`)}</tr></thead><tbody>${t.map(t=>n`<tr>${t.map((t,r)=>n`<td${s(e[r])}>${t}</td>`)}</tr>`)}</tbody></table></div>${r}`,s=e=>e?.number?new t(` class="number"`):i,c={candidate:`#0072b2`,baseline:`#d55e00`,ink:`#1c2127`,muted:`#68707a`,grid:`#e4e2dc`},l=`
:root{color-scheme:light dark;--paper:#fdfcfa;--card:#fff;--ink:#1c2127;--muted:#68707a;--grid:#e4e2dc;--candidate:#0072b2;--baseline:#d55e00;
--pass:#0b6e4f;--pass-soft:#e5f2ec;--fail:#a8321a;--fail-soft:#faeae5;--unsure:#7a5b00;--unsure-soft:#f8f0d8;
--serif:"Iowan Old Style","Palatino Linotype",Palatino,"URW Palladio L",Georgia,serif;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root{--paper:#14171a;--card:#1b1f23;--ink:#e8e6e1;--muted:#9aa1a9;--grid:#31363c;--candidate:#5ab4ea;--baseline:#f0a04b;
--pass:#6fd0a8;--pass-soft:#16302a;--fail:#f59a83;--fail-soft:#3a201a;--unsure:#e6c65c;--unsure-soft:#332c14}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 var(--sans);font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
main{max-width:1060px;margin:0 auto;padding:48px 28px 72px}
h1,h2{font-family:var(--serif);font-weight:600;letter-spacing:-.01em;text-wrap:balance}
h1{font-size:clamp(1.7rem,4.4vw,2.6rem);line-height:1.15;margin:.2rem 0 .6rem}
h2{font-size:1.45rem;line-height:1.25;margin:0 0 .5rem}
h3{font-size:.95rem;margin:0 0 .35rem}
p{margin:.35rem 0}
code{font-family:var(--mono);font-size:.86em;overflow-wrap:anywhere}
section{margin-top:52px;padding-top:22px;border-top:1px solid var(--grid)}
details>summary{cursor:pointer;color:var(--muted);padding:10px 0;font-size:.92rem}
@media print{details:not([open])>*{display:none}}
.kicker{color:var(--muted);font-size:.86rem;letter-spacing:.02em}
.lead{color:var(--muted);max-width:66ch;margin-bottom:1rem}
.banner{border-left:6px solid var(--tone);background:var(--soft);padding:22px 26px 20px;border-radius:4px}
.banner .why{font-size:1.08rem;max-width:72ch}
.pass{--tone:var(--pass);--soft:var(--pass-soft)}.fail{--tone:var(--fail);--soft:var(--fail-soft)}
.inconclusive,.waived,.pending{--tone:var(--unsure);--soft:var(--unsure-soft)}.not-judged{--tone:var(--muted);--soft:transparent}
.mark{color:var(--tone);font-weight:650;white-space:nowrap}
.pills{display:flex;flex-wrap:wrap;gap:8px;margin:16px 0 0;padding:0;list-style:none}
.pills li{border:1px solid var(--tone);color:var(--tone);border-radius:99px;padding:2px 13px;font-size:.88rem;background:var(--card)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.93rem}
th{text-align:left;font-weight:600;color:var(--muted);font-size:.8rem;border-bottom:1px solid var(--ink);padding:6px 14px 6px 0;vertical-align:bottom;white-space:nowrap}
td{border-bottom:1px solid var(--grid);padding:7px 14px 7px 0;vertical-align:top}
td code{overflow-wrap:break-word}td:first-child .small{white-space:nowrap}
td.number,th.number{text-align:right;white-space:nowrap}
td:last-child,th:last-child{padding-right:0}
.better{color:var(--pass);font-weight:600}.worse{color:var(--fail);font-weight:600}.same,.quiet{color:var(--muted)}
.small{font-size:.86rem;color:var(--muted)}
.whisker{width:168px;height:26px;display:block}
.keys{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:.88rem;color:var(--muted);margin:2px 0 14px}
.keys b{font-weight:600;color:var(--ink)}
.key{display:inline-block;width:22px;height:0;border-top:3px solid var(--candidate);vertical-align:middle;margin-right:7px}
.key.of-baseline{border-top:3px dashed var(--baseline)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:34px 44px}
figure{margin:0;min-width:0}
figure svg{width:100%;height:auto;display:block;overflow:visible}
figcaption{font-size:.86rem;color:var(--muted);margin-top:6px;max-width:62ch}
.confusion{display:grid;grid-template-columns:auto 1fr 1fr;gap:4px;max-width:440px;font-size:.9rem}
.confusion div{padding:12px 14px;border-radius:4px}
.confusion .head{padding:4px 8px;color:var(--muted);font-size:.8rem;align-self:center}
.confusion .cell{border:1px solid var(--grid)}
.confusion .cell b{display:block;font-size:1.3rem;font-family:var(--serif);font-weight:600}
.confusion .right{background:var(--pass-soft);border-color:transparent}
.confusion .wrong{background:var(--fail-soft);border-color:transparent}
dl{display:grid;grid-template-columns:max-content 1fr;gap:5px 22px;margin:0;font-size:.9rem}
dt{color:var(--muted)}dd{margin:0;min-width:0}
footer{margin-top:56px;color:var(--muted);font-size:.84rem}
svg text{font-family:var(--sans)}
${Object.entries(c).map(([e,t])=>`svg [fill="${t}"]{fill:var(--${e})}svg [stroke="${t}"]{stroke:var(--${e})}`).join(`
`)}
@media (max-width:560px){main{padding:24px 16px 48px}section{margin-top:36px}.banner{padding:16px 16px 14px}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}}
@media print{:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--muted:#444;--grid:#ccc;--candidate:#0072b2;--baseline:#d55e00;--pass:#0b6e4f;--pass-soft:#fff;--fail:#a8321a;--fail-soft:#fff;--unsure:#7a5b00;--unsure-soft:#fff}
body{font-size:10.5pt}main{max-width:none;padding:0}section{margin-top:22pt;padding-top:10pt}figure,tr,.banner{break-inside:avoid}h2{break-after:avoid}.scroll{overflow:visible}}
`;export{o as a,n as i,l as n,i as o,t as r,a as s,c as t};