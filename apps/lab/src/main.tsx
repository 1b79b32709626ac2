import '@fontsource-variable/jetbrains-mono/wght.css'
import { render } from 'preact'
import 'pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css'
import { startRouting } from './app/route.js'
import { Shell } from './app/shell.jsx'
import { applyTheme } from './app/theme.js'
import { tellLanguage } from './i18n/language.js'
import './theme/base.css'
import './theme/tokens.css'

startRouting()
tellLanguage()
applyTheme()
render(<Shell />, document.getElementById('app')!)

// Offline after the first load. A page that cannot have a service worker works all the same.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  navigator.serviceWorker.register('./sw.js').catch(() => undefined)
}
