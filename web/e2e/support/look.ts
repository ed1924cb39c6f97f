/** The looks that every page is shown in, and whether a page is whole: accessible, and no wider than its window. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserContext } from '@playwright/test';
import type { Result } from 'axe-core';
import { expect, type Page } from './test';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const LOOKS = [
  { language: 'en', theme: 'light', width: 1280, height: 800 },
  { language: 'ru', theme: 'dark', width: 1280, height: 800 },
  { language: 'ru', theme: 'light', width: 390, height: 844 },
  { language: 'en', theme: 'dark', width: 390, height: 844 },
] as const;

export type Look = (typeof LOOKS)[number];

export const look = ({ language, theme, width }: Look): string => `${language} ${theme} ${width}px`;

/** Opens every page of a context in this language and theme. */
export async function looking(context: BrowserContext, { language, theme }: Look): Promise<void> {
  await context.addInitScript(
    ([language, theme]) => {
      localStorage.setItem('vakhta.language', language);
      localStorage.setItem('vakhta.theme', theme);
    },
    [language, theme] as const,
  );
}

/** What axe finds, short enough to read in a failed test. */
async function violations(page: Page): Promise<string[]> {
  // By the debugger, not as a script of the page, which the content security policy would refuse.
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run: (root: Document) => Promise<{ violations: Result[] }> };
    };
    return (await axe.run(document)).violations;
  });
  return found.flatMap((violation) =>
    violation.nodes.map(
      (node) => `${violation.id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`,
    ),
  );
}

export async function settled(page: Page, heading: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
  await expect(page.locator('.skeleton')).toHaveCount(0);
}

export async function whole(page: Page, name: string): Promise<void> {
  expect.soft(await violations(page), name).toEqual([]);
  const excess = await page.evaluate(
    () =>
      document.documentElement.scrollWidth -
      Math.ceil(document.documentElement.getBoundingClientRect().width),
  );
  expect.soft(excess, `${name} is wider than the window`).toBeLessThanOrEqual(0);
}
