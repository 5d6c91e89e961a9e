import type { Report } from '../report.ts';

export const FORMATS = ['table', 'json', 'ndjson', 'csv', 'markdown', 'html'] as const;
export type Format = (typeof FORMATS)[number];

export interface FormatOptions {
  /** Only the table has colours. */
  readonly color: boolean;
  /** Only CSV has one. */
  readonly bom: boolean;
}

/** The report as text. Equal reports give equal bytes. */
export async function render(report: Report, format: Format, options: FormatOptions): Promise<string> {
  switch (format) {
    case 'table':
      return (await import('./table.ts')).renderTable(report, options);
    case 'json':
      return (await import('./json.ts')).renderJson(report);
    case 'ndjson':
      return (await import('./ndjson.ts')).renderNdjson(report);
    case 'csv':
      return (await import('./csv.ts')).renderCsv(report, options);
    case 'markdown':
      return (await import('./markdown.ts')).renderMarkdown(report);
    case 'html':
      return (await import('./html/page.ts')).renderHtml(report);
  }
}
