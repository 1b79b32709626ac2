import { expect, test } from 'vitest'
import { LANGUAGES } from '../../src/i18n/language.js'
import { expectAccessible, expectNoSidewaysScroll, keepPicture, open } from './open.js'

/** The smallest phone is looked at in the light only. */
const SIZES = [
  [360, 740],
  [390, 844],
  [1280, 800],
] as const

/**
 * What holds for every lab: in both languages, light and dark, on a phone and on a desk, nothing complains, nothing is wider than the
 * window, axe finds nothing; and there is a picture of each.
 *
 * @param ready - a selector that is there once the stage shows something worth a picture
 */
export function looksRightEverywhere(lab: string, ready: string): void {
  for (const language of LANGUAGES)
    for (const theme of ['light', 'dark'] as const)
      for (const [width, height] of theme === 'light' ? SIZES : SIZES.slice(1))
        test(`${lab}: ${language}, ${theme}, ${width} px`, async () => {
          const { page, complaints } = await open(lab, { language, theme, width, height })
          await page.waitForSelector(ready)
          await page.waitForTimeout(500)
          await expectNoSidewaysScroll(page)
          await expectAccessible(page)
          await keepPicture(page, `${lab}-${language}-${theme}-${width}`)
          expect(complaints).toEqual([])
          await page.context().close()
        })

  for (const language of LANGUAGES)
    test(`${lab}: ${language}, a number in its idea is moved by a key; the sentence, the link and the measure follow`, async () => {
      const { page, complaints } = await open(lab, { language })
      await page.waitForSelector(ready)
      const number = page.locator('.idea .scrub').first()
      const before = Number(await number.getAttribute('aria-valuenow'))
      await number.focus()
      await page.keyboard.press('ArrowRight')
      if (Number(await number.getAttribute('aria-valuenow')) === before) await page.keyboard.press('ArrowLeft')
      await expect.poll(() => number.getAttribute('aria-valuenow').then(Number)).not.toBe(before)
      const after = Number(await number.getAttribute('aria-valuenow'))
      expect(Number((await number.textContent())!.replace('\u2212', '-'))).toBeCloseTo(after, 1)
      await page.waitForFunction(() => location.hash.includes('?'))
      // The stage, and what is measured, are there for it as for any other.
      await page.waitForSelector(ready)
      await expect.poll(() => page.locator('.block-measure').textContent()).toMatch(/\d/)
      expect(await page.locator('html').getAttribute('lang')).toBe(language)
      expect(complaints).toEqual([])
      await page.context().close()
    })
}
