export declare function count(
  root: string,
  statuses: { readonly tests: number; readonly checks: number },
): { passed: number; failed: number; reasons: string[] }
