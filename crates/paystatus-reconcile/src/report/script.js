'use strict';
// Sorts and filters the table of rows; without it the page is the same in the ledger's order.
(() => {
  const table = document.getElementById('rows');
  if (!table) return;
  const body = table.tBodies[0];
  const byId = (id) => document.getElementById(id);
  const [text, finding, account, clear, count] = ['text', 'finding', 'account', 'clear', 'count'].map(byId);

  // People type a plain minus and no spaces between thousands.
  const plain = (value) => value.replaceAll('\u202f', '').replaceAll('\u2212', '-').toLowerCase();
  const rows = Array.from(body.rows, (element) => ({
    element,
    text: plain(Array.from(element.cells, (cell) => cell.textContent).join(' ')),
    data: element.dataset,
  }));
  const threes = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, '\u202f');

  const filter = () => {
    const wanted = plain(text.value).split(/\s+/);
    let shown = 0;
    for (const row of rows) {
      const { data } = row;
      const fits =
        wanted.every((word) => row.text.includes(word)) &&
        ['', data.finding, data.kind].includes(finding.value) &&
        ['', data.account].includes(account.value);
      row.element.hidden = !fits;
      shown += Number(fits);
    }
    count.textContent = `${threes(shown)} of ${threes(rows.length)} shown`;
    clear.disabled = text.value === '' && finding.value === '' && account.value === '';
  };

  const letters = new Intl.Collator('en', { numeric: true });
  const cell = (row, column) => row.element.cells[column].textContent;
  // Each compares two rows, with a direction of 1 or -1.
  const comparisons = {
    line: (a, b, direction) => direction * (Number(a.data.line) - Number(b.data.line)),
    text: (a, b, direction, column) => direction * letters.compare(cell(a, column), cell(b, column)),
    // Currencies can't be compared: they stay in the order of their names, and rows without a value come last.
    risk: (a, b, direction) =>
      Number(a.data.currency === '') - Number(b.data.currency === '') ||
      letters.compare(a.data.currency, b.data.currency) ||
      direction * (Number(a.data.rank) - Number(b.data.rank)),
  };

  const sort = (header, column) => {
    const ascending = header.getAttribute('aria-sort') !== 'ascending';
    table.querySelectorAll('[aria-sort]').forEach((other) => other.removeAttribute('aria-sort'));
    header.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
    const compare = comparisons[header.dataset.sort];
    rows.sort((a, b) => compare(a, b, ascending ? 1 : -1, column) || comparisons.line(a, b, 1));
    body.append(...rows.map((row) => row.element));
  };

  Array.from(table.tHead.rows[0].cells).forEach((header, column) => {
    if (!header.dataset.sort) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = header.textContent;
    button.addEventListener('click', () => sort(header, column));
    header.replaceChildren(button);
  });
  text.addEventListener('input', filter);
  finding.addEventListener('change', filter);
  account.addEventListener('change', filter);
  clear.addEventListener('click', () => {
    [text, finding, account].forEach((control) => { control.value = ''; });
    filter();
    text.focus();
  });
  byId('controls').hidden = false;
  // A browser may have kept what was typed before the page was loaded again.
  filter();
})();
