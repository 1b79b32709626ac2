export declare function count(
  root: string,
  statuses: { readonly tests: number; readonly browser: number; readonly services: number; readonly checks: number },
): { passed: number; failed: number; reasons: string[] }
