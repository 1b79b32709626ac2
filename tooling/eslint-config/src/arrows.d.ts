export declare const ARROWS: Readonly<
  Record<string, { readonly imports: readonly string[]; readonly tests: readonly string[]; readonly node?: boolean }>
>
export declare const BORROWED: Readonly<Record<string, readonly string[]>>
export declare function lookUp<T>(table: Readonly<Record<string, T>>, name: string): T | undefined
