'use strict';
const field = document.getElementById('search');
const results = document.getElementById('results');
const root = document.documentElement;

// The theme; a browser may refuse to store it for files.
const remembered = { get: () => { try { return localStorage.getItem('theme'); } catch { return null; } },
  set: (value) => { try { localStorage.setItem('theme', value); } catch { /* for this page only */ } } };
if (remembered.get()) root.dataset.theme = remembered.get();
document.getElementById('theme').addEventListener('click', () => {
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  remembered.set(root.dataset.theme);
});

const menu = document.getElementById('menu');
menu.addEventListener('click', () => {
  const open = document.getElementById('navigation').classList.toggle('open');
  menu.setAttribute('aria-expanded', String(open));
});
document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest' });

// The text of all sections is loaded with the first search.
let loading;
function sections() {
  loading ??= new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = 'sections.js';
    script.onload = () => done(window.sections);
    script.onerror = failed;
    document.head.append(script);
  });
  return loading;
}

async function show() {
  const query = field.value.trim();
  if (!query) { results.hidden = true; return; }
  const found = search(await sections(), query);
  if (field.value.trim() !== query) return;
  results.replaceChildren(...found.map(([target, page, heading, text]) => {
    const link = document.createElement('a');
    link.href = target;
    const title = document.createElement('b');
    title.textContent = heading === page ? page : `${page}: ${heading}`;
    const part = document.createElement('span');
    part.textContent = excerpt(text, query);
    link.append(title, part);
    return link;
  }));
  if (!found.length) {
    const nothing = document.createElement('p');
    nothing.textContent = `No page has “${query}”. Try fewer words.`;
    results.append(nothing);
  }
  results.hidden = false;
}

field.addEventListener('input', show);
field.addEventListener('focus', () => { sections(); show(); });
field.form.addEventListener('submit', (event) => {
  event.preventDefault();
  results.querySelector('a')?.click();
});
document.addEventListener('keydown', (event) => {
  const links = [field, ...results.querySelectorAll('a')];
  const at = links.indexOf(document.activeElement);
  if (event.key === '/' && document.activeElement !== field) {
    event.preventDefault();
    field.focus();
  } else if (event.key === 'Escape') {
    results.hidden = true;
  } else if (!results.hidden && at >= 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
    event.preventDefault();
    links[Math.min(links.length - 1, Math.max(0, at + (event.key === 'ArrowDown' ? 1 : -1)))].focus();
  }
});
document.addEventListener('click', (event) => {
  if (!results.contains(event.target) && event.target !== field || event.target.closest?.('#results a')) results.hidden = true;
});

// A button that copies each code block.
if (navigator.clipboard) {
  for (const code of document.querySelectorAll('pre')) {
    const block = document.createElement('div');
    block.className = 'block';
    const copy = document.createElement('button');
    copy.type = 'button';
    copy.textContent = 'Copy';
    copy.addEventListener('click', async () => {
      await navigator.clipboard.writeText(code.textContent);
      copy.textContent = 'Copied';
    });
    code.replaceWith(block);
    block.append(code, copy);
  }
}
