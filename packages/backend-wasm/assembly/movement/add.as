/** Adds `bytes` bytes of elements to others. */
@inline
export function addRow<T>(to: i32, from: i32, bytes: i32): void {
  for (; bytes >= 16; bytes -= 16, from += 16, to += 16) v128.store(to, v128.add<T>(v128.load(to), v128.load(from)))
  for (; bytes > 0; bytes -= sizeof<T>(), from += sizeof<T>(), to += sizeof<T>())
    store<T>(to, load<T>(to) + load<T>(from))
}
