import { html, type Html } from './html.js'

/** A whole page. */
export function pageOf(title: string, main: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Neurite</title>
        <link rel="stylesheet" href="/board.css" />
        <script src="/board.js" defer></script>
      </head>
      <body>
        <header>
          <nav aria-label="Pages"><a href="/">Studies</a> <a href="/queue">Queue</a></nav>
          <span id="told" role="status"></span>
          <button id="live" type="button" aria-pressed="false" hidden>Pause</button>
        </header>
        <main>${main}</main>
      </body>
    </html> `.text
}
