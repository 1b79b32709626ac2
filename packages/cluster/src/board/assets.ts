/** What the pages look like. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#ffffff, #14171c);
  --raised: light-dark(#f5f6f8, #1d2129);
  --line: light-dark(#d5d9e0, #363c48);
  --text: light-dark(#1a1d23, #e8eaee);
  --quiet: light-dark(#555d6b, #a5adbb);
  --link: light-dark(#0b57c2, #8ab8ff);
  --done: light-dark(#1f6feb, #5a9bff);
  --failed: light-dark(#b35900, #f0a04b);
  --parked: light-dark(#c62828, #ff7b72);
  --running: light-dark(#12805c, #3fc99a);
  --waiting: light-dark(#8a93a3, #737d8f);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
header, main { max-width: 64rem; margin: 0 auto; padding: 0 1rem; }
header { display: flex; align-items: center; gap: 1rem; padding-block: .75rem; }
nav { display: flex; gap: 1.25rem; flex: 1; }
a { color: var(--link); }
nav a { padding-block: .25rem; }
button { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: .4rem; padding: .25rem .9rem; min-width: 6rem; }
button[aria-pressed='true'] { background: var(--link); color: var(--ground); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
main { padding-bottom: 3rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; }
.quiet, #told { color: var(--quiet); font-size: .9rem; }
.study { background: var(--raised); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1rem; margin: .75rem 0; }
.study h2 { margin: 0; overflow-wrap: anywhere; }
.facts { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin: .25rem 0; font-variant-numeric: tabular-nums; }
.bar { display: block; width: 100%; height: .75rem; border-radius: .4rem; margin: .5rem 0; background: var(--line); }
.done { fill: var(--done); } .failed { fill: var(--failed); } .parked { fill: var(--parked); }
.running { fill: var(--running); } .waiting { fill: var(--waiting); }
.key { width: .7rem; height: .7rem; margin-right: .4rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; min-width: 100%; }
th, td { text-align: left; padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--quiet); font-weight: 600; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
td.point { white-space: normal; min-width: 14rem; overflow-wrap: anywhere; }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem; overflow-x: auto; font-size: .85rem; margin: .5rem 0; }
.chart { display: block; width: 100%; max-width: 52rem; height: auto; }
.chart text { fill: var(--quiet); font-size: 12px; font-family: inherit; }
.chart .grid { stroke: var(--line); stroke-width: 1; }
.chart circle { fill: var(--waiting); }
.chart path { fill: none; stroke: var(--done); stroke-width: 2; }
@media (max-width: 40rem) { .chart text { font-size: 21px; } }
`

/** Asks for the page again now and then, and shows what has changed; without it a page is as it was when it was loaded. */
export const SCRIPT = `
const live = document.getElementById('live')
const told = document.getElementById('told')
let paused = false
live.hidden = false
live.addEventListener('click', () => {
  paused = !paused
  live.setAttribute('aria-pressed', String(paused))
})
const next = () => setTimeout(refresh, 2000)
async function refresh() {
  if (paused || document.hidden) return next()
  try {
    const response = await fetch(location.href, { cache: 'no-store' })
    show(new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('main'))
    if (told.textContent !== '') told.textContent = ''
  } catch {
    told.textContent = told.textContent || 'No answer since ' + new Date().toLocaleTimeString('en-GB')
  }
  next()
}
function show(fresh) {
  const main = document.querySelector('main')
  for (const { id } of main.querySelectorAll('details[open]')) fresh.querySelector('#' + id)?.setAttribute('open', '')
  if (fresh.innerHTML === main.innerHTML) return
  const { id } = document.activeElement ?? {}
  const scrolled = [...main.querySelectorAll('.wide')].map((part) => [part.id, part.scrollLeft])
  main.replaceChildren(...fresh.childNodes)
  for (const [part, left] of scrolled) document.getElementById(part)?.scrollTo(left, 0)
  if (id) document.getElementById(id)?.focus({ preventScroll: true })
}
next()
`
