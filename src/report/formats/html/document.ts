import { createHash } from 'node:crypto';
import { html, type Markup, trusted } from './markup.ts';
import { STYLES } from './styles.ts';

/** Nothing is fetched, run, framed or sent; the one style sheet is known by its hash. */
const POLICY = [
  "default-src 'none'",
  "script-src 'none'",
  "img-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLES).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The whole file around its body: it needs nothing besides itself. */
export function wholeDocument(title: string, body: Markup): string {
  return html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${trusted(STYLES)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}
