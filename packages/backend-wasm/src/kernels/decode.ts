/** From base64. (`atob` is in every runtime, but in no library of ES.) */
export function decode(base64: string): Uint8Array<ArrayBuffer> {
  const { atob } = globalThis as { readonly atob?: (text: string) => string }
  return Uint8Array.from(atob!(base64), (character) => character.charCodeAt(0))
}
