import type { Page } from 'playwright-core';

/** A text as it is seen, or a shape of a chart. */
interface Seen {
  readonly what: string;
  readonly contrast: number;
}

/** Contrast (WCAG 2) of every text that is seen, and of every bar and line, against what it lies on. */
export async function contrasts(page: Page): Promise<{ texts: Seen[]; shapes: Seen[] }> {
  return page.evaluate(`(() => {
    const rgb = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = (color) => {
      const [r, g, b] = rgb(color).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const groundOf = (element) => {
      const color = getComputedStyle(element).backgroundColor;
      return color === 'rgba(0, 0, 0, 0)' ? groundOf(element.parentElement) : color;
    };
    const contrast = (color, element) => {
      const own = light(color);
      const ground = light(groundOf(element));
      return (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05);
    };
    const seen = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 1;
    const texts = [...document.querySelectorAll('body *')]
      .filter((element) => seen(element) && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
      .map((element) => {
        const style = getComputedStyle(element);
        const color = element instanceof SVGElement ? style.fill : style.color;
        return { what: element.textContent.trim().slice(0, 40), contrast: contrast(color, element) };
      });
    const MEANT = /--(closed|ended|gone|trouble|kept|ink)\\)/;
    const shapes = [...document.querySelectorAll('svg path')]
      .filter(seen)
      .flatMap((path) => ['fill', 'stroke']
        .filter((name) => MEANT.test(path.getAttribute(name) ?? ''))
        .map((name) => ({ what: path.getAttribute(name), contrast: contrast(getComputedStyle(path)[name], path) })));
    return { texts, shapes };
  })()`);
}

/** How many pages a PDF has. */
export function pagesOf(pdf: Buffer): number {
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
}
