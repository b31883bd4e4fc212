// Shrinking a failing list: delta debugging. Chunks are left out, large ones first, for as long as the rest still fails; in
// the end no single item can be left out. The order of trials is fixed, so the same list shrinks to the same list.

/** A shortest list found that still fails; `fails(items)` must be true. */
export function shrink<Item>(items: readonly Item[], fails: (items: readonly Item[]) => boolean): readonly Item[] {
  let kept = items;
  for (let size = Math.ceil(kept.length / 2); size >= 1;) {
    let shorter = false;
    for (let at = kept.length - size; at > -size; at -= size) {
      const from = Math.max(0, at);
      const trial = [...kept.slice(0, from), ...kept.slice(at + size)];
      if (trial.length === kept.length || !fails(trial)) continue;
      kept = trial;
      shorter = true;
    }
    if (size === 1 && !shorter) break;
    size = shorter ? Math.min(size, Math.ceil(kept.length / 2)) : Math.floor(size / 2);
    if (kept.length === 0) break;
  }
  return kept;
}
