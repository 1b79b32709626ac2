/** Adds `bytes` bytes of elements to others. */
@inline
export function addRow<T>(to: i32, from: i32, bytes: i32): void {
  const end = from + bytes
  for (; from + 16 <= end; from += 16, to += 16) v128.store(to, v128.add<T>(v128.load(to), v128.load(from)))
  for (; from < end; from += sizeof<T>(), to += sizeof<T>()) store<T>(to, load<T>(to) + load<T>(from))
}
