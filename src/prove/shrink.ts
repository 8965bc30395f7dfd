/**
 * As few of the items as still do, found by leaving out ever smaller parts; `isEnough` is asked so often at most.
 * Each answer is for the items that are left with none of them certain to be needed.
 */
export async function shrink(
  items: readonly number[],
  isEnough: (items: readonly number[]) => Promise<boolean>,
  most: number,
): Promise<readonly number[]> {
  let left = items;
  let asked = 0;
  for (let size = left.length; size >= 1 && asked < most; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length && asked < most; ) {
      const rest = [...left.slice(0, at), ...left.slice(at + size)];
      asked += 1;
      if (await isEnough(rest)) left = rest;
      else at += size;
    }
  }
  return left;
}
