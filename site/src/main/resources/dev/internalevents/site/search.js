// Finds sections: [target, page, heading, text] of each that has all words of a query, the best first. A word in a
// heading counts more than one in the title of the page, and that more than one in the text.
function search(sections, query, limit = 20) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const found = [];
  for (const section of sections) {
    const [, page, heading, text] = section.map((part) => part.toLowerCase());
    let score = 0;
    const all = words.every((word) => {
      const at = text.indexOf(word);
      const points = (startsWord(heading, word) ? 20 : heading.includes(word) ? 8 : 0)
        + (startsWord(page, word) ? 10 : 0) + (at >= 0 ? 2 + (startsWord(text, word) ? 2 : 0) : 0);
      score += points;
      return points > 0;
    });
    if (all) {
      const together = words.length > 1 && `${heading} ${text}`.includes(query.toLowerCase().trim()) ? 15 : 0;
      found.push({ section, score: score + together });
    }
  }
  return found.sort((a, b) => b.score - a.score).slice(0, limit).map((one) => one.section);
}

function startsWord(text, word) {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1])) return true;
  }
  return false;
}

// The text around the first word of a query.
function excerpt(text, query, length = 160) {
  const word = query.toLowerCase().split(/\s+/).filter(Boolean)[0] ?? '';
  const start = Math.max(0, text.toLowerCase().indexOf(word) - 50);
  return (start > 0 ? '… ' : '') + text.slice(start, start + length) + (start + length < text.length ? ' …' : '');
}

if (typeof module !== 'undefined') module.exports = { search, excerpt };
