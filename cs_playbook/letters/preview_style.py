"""How the page of all mails looks, and the few lines that walk from one mail to the next."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --card: #ffffff; --line: #e1e4e8; --ink: #1f2328; --soft: #636c76; --accent: #0a58ca;
  --chosen: #e7eefb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1114; --card: #17191d; --line: #2c3138; --ink: #e4e6ea; --soft: #98a1ab; --accent: #8ab4ff;
    --chosen: #1f2a3d;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 76px; }
body {
  margin: 0; background: var(--ground); color: var(--ink); font-size: 15px; line-height: 1.5;
  font-family: -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif;
  display: grid; grid-template: auto 1fr / 300px minmax(0, 1fr); min-height: 100vh;
}
.bar {
  grid-area: 1 / 1 / 2 / 3; position: sticky; top: 0; z-index: 1;
  display: flex; align-items: baseline; gap: 14px; padding: 13px 24px;
  background: var(--card); border-bottom: 1px solid var(--line);
}
h1 {
  margin: 0; font-size: 17px; font-weight: 600;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
}
#count { margin: 0; color: var(--soft); white-space: nowrap; }
.steps { margin: 0 0 0 auto; white-space: nowrap; }
button {
  margin-left: 8px; padding: 5px 14px; font: inherit; font-size: 14px; color: var(--ink); cursor: pointer;
  background: var(--card); border: 1px solid var(--line); border-radius: 7px;
}
button:hover { border-color: var(--soft); }
nav {
  grid-area: 2 / 1 / 3 / 2; position: sticky; top: 60px; max-height: calc(100vh - 60px); overflow-y: auto;
  padding: 18px 12px 28px; align-self: start;
}
nav h3 { margin: 18px 12px 6px; font-size: 12px; font-weight: 600; color: var(--soft); }
nav h3:first-child { margin-top: 4px; }
nav a { display: block; padding: 7px 12px; border-radius: 8px; color: inherit; text-decoration: none; }
nav a:hover, nav a[aria-current] { background: var(--chosen); }
nav b { font-weight: 600; font-size: 14px; }
nav b, nav span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
nav span { color: var(--soft); font-size: 13px; }
main { grid-area: 2 / 2 / 3 / 3; padding: 26px 32px 80px; }
article {
  max-width: 640px; margin: 0 auto 30px; background: var(--card); border: 1px solid var(--line);
  border-radius: 12px; overflow: hidden; outline: none;
}
article header { padding: 18px 31px 16px; border-bottom: 1px solid var(--line); }
.about {
  display: flex; justify-content: space-between; gap: 16px; margin: 0 0 2px; font-size: 13px;
  color: var(--soft);
}
h2 { margin: 0 0 12px; font-size: 20px; font-weight: 600; line-height: 1.3; overflow-wrap: anywhere; }
a { color: var(--accent); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 3px 16px; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.subject { font-weight: 600; }
.address { color: var(--soft); }
iframe { display: block; width: 100%; border: 0; }
details { border-top: 1px solid var(--line); }
summary { padding: 10px 31px; font-size: 13px; color: var(--soft); cursor: pointer; }
summary:hover { color: var(--ink); }
pre {
  margin: 0; padding: 2px 31px 22px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 13.5px;
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
}
.none { text-align: center; color: var(--soft); padding: 80px 0; }
@media (max-width: 960px) {
  body { display: flex; flex-direction: column; }
  .bar { padding: 11px 16px; }
  nav { display: none; }
  main { padding: 16px 12px 60px; }
  h1 { font-size: 15px; }
  button { margin-left: 4px; padding: 5px 10px; }
  article header, summary, pre { padding-left: 20px; padding-right: 20px; }
}
@media print {
  :root { --ground: #ffffff; --card: #ffffff; --line: #cccccc; --ink: #000000; --soft: #444444; }
  body { display: block; }
  .steps, nav, details, .file { display: none; }
  .bar { position: static; padding: 0 0 10px; }
  main { padding: 16px 0 0; }
  article { break-inside: avoid; border-radius: 0; }
  article header { padding-left: 31px; padding-right: 31px; }
}
"""

SCRIPT = """
const mails = [...document.querySelectorAll('article')];
const links = [...document.querySelectorAll('nav a')];
let here = 0;
function mark(at) {
  links[here]?.removeAttribute('aria-current');
  here = at;
  links[here]?.setAttribute('aria-current', 'true');
  links[here]?.scrollIntoView({block: 'nearest'});
}
function go(step) {
  const at = Math.min(Math.max(here + step, 0), mails.length - 1);
  if (at < 0) return;
  mails[at].scrollIntoView();
  mails[at].focus({preventScroll: true});
  mark(at);
}
function fit(frame) {
  const mail = frame.contentDocument;
  if (!mail?.body) return;
  frame.style.height = '0';
  frame.style.height = mail.documentElement.scrollHeight + 'px';
}
function nearest() {
  const at = mails.findLastIndex(mail => mail.getBoundingClientRect().top < 160);
  if (at >= 0 && at !== here) mark(at);
}
document.getElementById('previous').onclick = () => go(-1);
document.getElementById('next').onclick = () => go(1);
document.addEventListener('keydown', key => {
  if (key.ctrlKey || key.metaKey || key.altKey) return;
  if (['j', 'n', 'ArrowRight'].includes(key.key)) go(1);
  if (['k', 'p', 'ArrowLeft'].includes(key.key)) go(-1);
});
let waiting = false;
document.addEventListener('scroll', () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; nearest(); });
}, {passive: true});
for (const frame of document.querySelectorAll('iframe')) {
  fit(frame);
  frame.addEventListener('load', () => fit(frame));
}
addEventListener('resize', () => document.querySelectorAll('iframe').forEach(fit));
document.getElementById('count').textContent = mails.length === 1 ? '1 mail' : mails.length + ' mails';
mark(0);
"""
