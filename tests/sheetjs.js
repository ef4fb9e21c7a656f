// SheetJS, by which web pages and previews read: node tests/sheetjs.js FILE.xlsx …   (npm install xlsx)
// Lists what it finds by sheet; exit code 1 where it finds a formula with an error or a link that leads nowhere.
const XLSX = require("xlsx");

const attribute = (text, name) => (text.match(new RegExp(`\\b${name}="([^"]*)"`)) || [])[1];

function parts(book, pattern) {
  return book.keys.filter((name) => pattern.test(name)).map((name) => Buffer.from(book.files[name].content).toString());
}

function look(path) {
  const book = XLSX.readFile(path, { bookFiles: true });
  const wrong = [];
  const shown = new Set(book.Workbook.Sheets.filter((sheet) => !sheet.Hidden).map((sheet) => sheet.name));
  let formulas = 0, links = 0;
  for (const name of book.SheetNames) {
    for (const [place, cell] of Object.entries(book.Sheets[name])) {
      if (place[0] === "!") continue;
      if (cell.f) formulas += 1;
      if (cell.t === "e") wrong.push(`${name}!${place}: ${cell.w}`);
      if (!cell.l) continue;
      links += 1;
      const [sheet, there] = (cell.l.Target || "").split("!");
      if (there && sheet.replace(/^#|'/g, "") !== name && !shown.has(sheet.replace(/^#/, "").replace(/^'|'$/g, ""))) wrong.push(`${name}!${place}: leads to ${sheet}`);
      if ((cell.l.Target || "").includes("\\")) wrong.push(`${name}!${place}: ${cell.l.Target}`);
    }
  }
  const tables = parts(book, /xl\/tables\/[^/]*\.xml$/).map((text) => attribute(text, "displayName"));
  const checked = parts(book, /xl\/worksheets\/[^/]*\.xml$/).map((text) => (text.match(/<dataValidation /g) || []).length);
  const names = (book.Workbook.Names || []).filter((one) => !one.Name.startsWith("_xlnm"));
  console.log(`${path}: ${shown.size} sheets in view, ${formulas} formulas, ${links} links, ${wrong.length} wrong`);
  console.log(`  tables: ${tables.join(" ")}`);
  console.log(`  validations: ${checked.reduce((sum, one) => sum + one, 0)}; ${names.length} names`);
  wrong.forEach((words) => console.log(`  ${words}`));
  return wrong.length;
}

process.exit(process.argv.slice(2).map(look).some((wrong) => wrong) ? 1 : 0);
