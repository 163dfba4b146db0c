// What a person keeps of a page.

// RFC 4180. What a spreadsheet would take for a formula gets an apostrophe before it; a Japanese
// one takes the full-width signs as well.
function cell(text: string): string {
  const safe = /^[=+\-@＝＋－＠\t\r\n]/.test(text) ? `'${text}` : text;
  return `"${safe.replace(/"/g, '""')}"`;
}

// The first row is the head. With a byte order mark, without which spreadsheets take it for another
// encoding.
export function csv_text(rows: string[][]): string {
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

// The browser's own way to save something: nothing is sent.
export function save(name: string, type: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
