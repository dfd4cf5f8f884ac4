/** The rotations of Threefry-2×32 in odd and in even blocks: 13, 15, 26, 6 and 17, 29, 16, 24, the first one lowest. */
const ODD: i32 = 0x061a0f0d;
const EVEN: i32 = 0x18101d11;

/** y = numbers in [0, 1) with 53 random bits, from (key, index, step), as `core/random.ts` defines them. */
export function uniform<T>(n: usize, y: usize, step: usize, key0: i32, key1: i32): void {
  const key2 = 0x1bd11bda ^ key0 ^ key1;
  const counter1 = <i32>(<i64>load<f64>(step));
  for (let index: usize = 0; index < n; index++, y += sizeof<T>()) {
    let x0 = <i32>index + key0;
    let x1 = counter1 + key1;
    for (let block = 1; block <= 5; block++) {
      for (let turns = block & 1 ? ODD : EVEN; turns; turns >>>= 8) {
        x0 += x1;
        x1 = rotl<i32>(x1, turns) ^ x0;
      }
      const at = block % 3;
      x0 += at == 0 ? key0 : at == 1 ? key1 : key2;
      x1 += (at == 0 ? key1 : at == 1 ? key2 : key0) + block;
    }
    store<T>(y, <T>((<f64>(<u32>x0 >>> 5) * 0x4000000 + <f64>(<u32>x1 >>> 6)) / 0x20000000000000));
  }
}
