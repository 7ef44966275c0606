"""How the page of letters looks, and the few lines that turn it over by keys."""

from __future__ import annotations

from cs_playbook.letters.preview_style import STYLE as OF_MAILS

# The page of the day's mails, but one sheet at a time: the one that the address names, else the first.
STYLE = (
    OF_MAILS
    + """
nav { top: 60px; }
article { max-width: 1500px; scroll-margin-top: 76px; }
article:target ~ article, main:has(article:target) article:not(:target) { display: none; }
main:not(:has(article:target)) article:not(:first-of-type) { display: none; }
.steps { display: flex; gap: 14px; float: right; margin: 2px 0 0 16px; font-size: 14px; color: var(--soft); }
.steps a { text-decoration: none; }
.about { display: block; margin-bottom: 8px; }
.tabs { display: flex; flex-wrap: wrap; gap: 6px; margin: 0 0 8px; font-size: 13px; }
.tabs a {
  padding: 2px 10px; border: 1px solid var(--line); border-radius: 7px; color: var(--ink); text-decoration: none;
  overflow-wrap: anywhere;
}
.tabs a[aria-current] { background: var(--chosen); border-color: var(--accent); }
h2 { margin-bottom: 2px; }
dl { margin-top: 12px; }
.missing, .whole { margin: 12px 0 0; padding: 8px 14px; border-radius: 8px; font-size: 14px; background: var(--chosen); }
.missing { padding-left: 30px; }
.views { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr)); }
.views section { border-right: 1px solid var(--line); min-width: 0; }
.views section:last-child { border-right: 0; }
.views h4 {
  margin: 0; padding: 6px 20px; font-size: 12px; font-weight: 600; color: var(--soft);
  border-bottom: 1px solid var(--line); background: var(--card);
}
.light { background: #ffffff; color-scheme: light; }
.dark { background: #17191d; color-scheme: dark; }
.views pre { padding: 28px 20px; }
#keys { margin-left: auto; font-size: 13px; color: var(--soft); white-space: nowrap; }
.bar p { margin: 0; color: var(--soft); white-space: nowrap; }
@media (max-width: 960px) {
  nav { display: none; }
  .views section { border-right: 0; border-top: 1px solid var(--line); }
  .steps { float: none; justify-content: space-between; margin: 0 0 10px; }
  #keys { display: none; }
}
@media print {
  article:not(:target) { display: block !important; }
  .steps, .tabs { display: none; }
}
"""
)

SCRIPT = """
const sheets = [...document.querySelectorAll('article')];
const links = [...document.querySelectorAll('nav a')];
function at() {
  const found = sheets.findIndex(sheet => '#' + sheet.id === location.hash);
  return found < 0 ? 0 : found;
}
function fit(frame) {
  const mail = frame.contentDocument;
  if (!mail?.body || !frame.offsetParent) return;
  frame.style.height = '0';
  frame.style.height = mail.documentElement.scrollHeight + 'px';
}
function turned() {
  const here = at();
  links.forEach((link, number) => {
    if (number === here) link.setAttribute('aria-current', 'page'); else link.removeAttribute('aria-current');
  });
  links[here]?.scrollIntoView({block: 'nearest'});
  for (const frame of sheets[here]?.querySelectorAll('iframe') ?? []) {
    fit(frame);
    frame.onload = () => fit(frame);
  }
  scrollTo(0, 0);
}
function go(step) {
  const there = sheets[at() + step];
  if (there) location.hash = there.id;
}
document.addEventListener('keydown', key => {
  if (key.ctrlKey || key.metaKey || key.altKey) return;
  if (['j', 'n', 'ArrowRight'].includes(key.key)) go(1);
  if (['k', 'p', 'ArrowLeft'].includes(key.key)) go(-1);
});
document.getElementById('keys').hidden = false;
addEventListener('hashchange', turned);
addEventListener('resize', () => sheets[at()]?.querySelectorAll('iframe').forEach(fit));
turned();
"""
