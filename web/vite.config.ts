import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const server = process.env.VAKHTA_DEV_SERVER ?? 'http://127.0.0.1:8085';

export default defineConfig({
  base: '/ui/',
  plugins: [svelte()],
  build: {
    target: 'es2022',
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 200,
  },
  server: {
    proxy: {
      '/api': { target: server, ws: true },
      '/docs': server,
      '/redoc': server,
      '/openapi.json': server,
    },
  },
});
