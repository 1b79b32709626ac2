/** A page to build: sources that import the installed packages, and where the result goes. */
export interface Page {
  readonly name: string
  /** The folder of index.html and main.js, in a project with the packages in its node_modules. */
  readonly source: string
  readonly out: string
  /** The folder that has node_modules. */
  readonly project: string
}

export interface Built {
  /** What the bundler complained about. */
  readonly warnings: readonly string[]
  /** What the policy must allow beside 'self'. */
  readonly scripts?: readonly string[]
}

/** A way from sources to a page: a bundler with as few settings as it works with, or none. */
export interface Way {
  readonly name: string
  readonly build: (page: Page) => Promise<Built>
}
