import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'test-results/',
      'playwright-report/',
      'src/lib/api/schema.d.ts',
    ],
  },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      // TypeScript reports undefined names, and knows the DOM types that this rule does not.
      'no-undef': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // The router is our own: there is no `resolve()` of SvelteKit.
      'svelte/no-navigation-without-resolve': 'off',
      // The one place that talks to the server is lib/api.
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'use a function of lib/api' },
        { name: 'XMLHttpRequest', message: 'use a function of lib/api' },
        { name: 'WebSocket', message: 'use lib/api/live' },
      ],
    },
  },
  {
    files: ['src/lib/api/**', 'public/sw.js', 'e2e/**'],
    rules: { 'no-restricted-globals': 'off' },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    files: ['*.config.{js,ts}', 'scripts/**', 'e2e/**', 'tests/**'],
    languageOptions: { globals: { ...globals.node } },
    rules: { 'no-console': 'off' },
  },
);
