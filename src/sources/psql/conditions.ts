/** The `\if` blocks that are open at a place of a script. */
export interface PsqlConditions {
  /** False where what stands here does not run. */
  readonly isActive: boolean;
  readonly isOpen: boolean;
  /** Takes `\if`, `\elif`, `\else` or `\endif`; `evaluate` is asked only where the answer matters. Tells what is wrong, or null. */
  take(part: 'if' | 'elif' | 'else' | 'endif', evaluate: () => boolean): string | null;
}

// `done`: another branch ran, or nothing around it runs.
type Branch = 'active' | 'waiting' | 'done';

/** Begins outside of any block. */
export function createPsqlConditions(): PsqlConditions {
  const open: { branch: Branch; hasElse: boolean }[] = [];
  const isActive = (): boolean => open.every(({ branch }) => branch === 'active');
  return {
    get isActive() {
      return isActive();
    },
    get isOpen() {
      return open.length > 0;
    },
    take(part, evaluate) {
      if (part === 'if') {
        const branch = !isActive() ? 'done' : evaluate() ? 'active' : 'waiting';
        open.push({ branch, hasElse: false });
        return null;
      }
      const block = open.at(-1);
      if (block === undefined) return `\\${part} without \\if`;
      if (part === 'endif') {
        open.pop();
        return null;
      }
      if (block.hasElse) return `\\${part} after \\else`;
      block.hasElse = part === 'else';
      if (block.branch !== 'waiting') block.branch = 'done';
      else if (part === 'else' || evaluate()) block.branch = 'active';
      return null;
    },
  };
}
