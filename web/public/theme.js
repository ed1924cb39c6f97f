// Sets the theme and the language before the first paint; a file of its own, so that the content
// security policy needs no inline scripts. The values are written by src/lib/state/appearance.svelte.ts.
(function () {
  var root = document.documentElement;
  var theme = null;
  var language = null;
  try {
    theme = localStorage.getItem('vakhta.theme');
    language = localStorage.getItem('vakhta.language');
  } catch {
    // Storage may be blocked; the system's choice holds then.
  }
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  if (language !== 'ru' && language !== 'en') {
    language = (navigator.language || 'en').slice(0, 2) === 'ru' ? 'ru' : 'en';
  }
  root.lang = language;
})();
