import { mount } from 'svelte';
import App from './App.svelte';
import { words } from './lib/i18n/index.svelte';
import { appearance } from './lib/state/appearance.svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
await words.use(appearance.firstLanguage());
mount(App, { target });

// Only where pages come by TLS or from this machine; it keeps the shell for when the server is away.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  void navigator.serviceWorker.register('/ui/sw.js', { scope: '/ui/' });
}
