import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

// TypeScript refuses a key that one language lacks. What it cannot see is here: keys that nobody says, and languages that differ in
// what they fill in.

const root = resolve(import.meta.dirname, '../src')
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => join(root, path))
const sources = files.filter((path) => /\.tsx?$/.test(path) && !path.endsWith('messages.ts'))
const catalogues = files.filter((path) => path.endsWith('messages.ts'))

/** The texts of one language, as they stand in the file. */
function texts(path: string, language: 'ko' | 'en'): ReadonlyMap<string, string> {
  const source = readFileSync(path, 'utf8')
  const start = source.indexOf(`  ${language}: {`)
  const body = source.slice(start, source.indexOf('\n  },', start))
  const entry = /^ {4}(?:'([^']+)'|(\w+)):\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/gm
  return new Map(
    [...body.matchAll(entry)].map((found) => [found[1] ?? found[2]!, found[3] ?? found[4] ?? found[5] ?? '']),
  )
}

const placeholders = (text: string): string[] => (text.match(/\{\{?\w+\}?\}/g) ?? []).sort()

describe.each(catalogues.map((path) => [path.slice(root.length + 1), path] as const))('%s', (_, path) => {
  const [ko, en] = [texts(path, 'ko'), texts(path, 'en')]

  test('is read whole', () => {
    expect(ko.size).toBeGreaterThan(3)
    expect([...ko.keys()].sort()).toEqual([...en.keys()].sort())
  })

  test('both languages fill in the same', () => {
    for (const [key, text] of ko) expect([key, placeholders(text)]).toEqual([key, placeholders(en.get(key)!)])
  })

  test('Korean is Korean, and English is English', () => {
    for (const [key, text] of en)
      if (key !== 'language') expect([key, /[\uac00-\ud7a3]/.test(text)]).toEqual([key, false])
    const sentences = [...ko].filter(
      ([, text]) =>
        text
          .replace(/\{\{?\w+\}?\}/g, '')
          .trim()
          .split(/\s+/).length > 3,
    )
    for (const [key, text] of sentences) expect([key, /[\uac00-\ud7a3]/.test(text)]).toEqual([key, true])
  })

  test('every message is said somewhere', () => {
    const own = path.includes('labs') ? sources.filter((source) => source.startsWith(dirname(path))) : sources
    const code = own.map((source) => readFileSync(source, 'utf8')).join('\n')
    const families = [...code.matchAll(/`([\w.-]+\.)\$\{/g)].map(([, prefix]) => prefix!)
    const said = (key: string): boolean =>
      code.includes(`'${key}'`) || families.some((prefix) => key.startsWith(prefix) && key.length > prefix.length)
    expect([...ko.keys()].filter((key) => !said(key))).toEqual([])
  })
})

/** The chapter's words, and what they are in English; where both stand side by side is a matter of the sentence. */
const TERMS = {
  신경망: 'neural network',
  뉴런: 'neuron',
  입력층: 'input',
  은닉층: 'hidden',
  출력층: 'output',
  밀집층: 'dense',
  가중치: 'weight',
  편향: 'bias',
  '활성화 함수': 'activation function',
  항등함수: 'identity',
  벡터화: 'flatten',
  합성곱: 'convolution',
  '보편 근사 정리': 'universal approximation theorem',
  '특성 스케일링': 'feature scaling',
  '최소-최대 정규화': 'min-max',
  'Z-점수 정규화': 'z-score',
  이상치: 'outlier',
  손실함수: 'loss function',
  경사하강법: 'gradient descent',
  학습률: 'learning rate',
  순전파: 'forward propagation',
  역전파: 'backpropagation',
  편미분계수: 'partial derivative',
  '기울기 소실': 'vanishing gradient',
  배치: 'batch',
  에폭: 'epoch',
  하이퍼파라미터: 'hyperparameter',
  '가중치 초기화': 'weight initialization',
  '조기 종료': 'early stopping',
  '드롭아웃 비율': 'dropout ratio',
  규제: 'regularization',
  '결정 경계': 'decision boundary',
  '혼동 행렬': 'confusion matrix',
  정확도: 'accuracy',
  시드: 'seed',
  옵티마이저: 'optimizer',
}

test.each(catalogues.filter((path) => path.includes('labs')).map((path) => [path.slice(root.length + 1), path]))(
  '%s: the English word stands beside each of the chapter’s',
  (_, path) => {
    const said = [...texts(path, 'ko').values()].join('\n').toLowerCase()
    const alone = Object.entries(TERMS).filter(([korean, english]) => {
      // Behind the word, and what it is part of: 배치 크기(batch size).
      const beside = new RegExp(`${korean.toLowerCase()}[가-힣 ]{0,4}(_| ?\\()[^_)]*${english}`)
      return said.includes(korean.toLowerCase()) && !beside.test(said)
    })
    expect(alone).toEqual([])
  },
)
