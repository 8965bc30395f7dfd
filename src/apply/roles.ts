import { PlinthError } from '../errors.js';
import { renderPlace } from '../model/place.js';
import type { Plan, Step } from '../model/plan.js';
import { getCreateRoleSql, MAKES_ROLES, mayCreateRoles, readExistingRoles } from '../postgres/catalogue.js';
import { createDenied, explainDenied } from '../postgres/denied.js';
import type { Session } from '../postgres/session.js';
import { getSqlState, MADE_MEANWHILE } from '../postgres/sqlstate.js';
import type { ApplyContext, Prelude } from './context.js';
import { getStepKey, type Progress } from './progress.js';

// What only gives rights to the role, and so can be left out without breaking what follows.
const LEAVABLE: ReadonlySet<string> = new Set([
  'GrantStmt',
  'GrantRoleStmt',
  'AlterOwnerStmt',
  'AlterDefaultPrivilegesStmt',
]);
const NO_ROLE: ReadonlySet<string> = new Set(['public', 'current_user', 'current_role', 'session_user']);

/** Sees to the roles that the plan names; returns the keys of the steps that are to be left out. */
export async function ensureRoles(
  session: Session,
  { missingRoles, prelude }: Pick<ApplyContext, 'missingRoles' | 'prelude'>,
  plan: Plan,
  progress: Progress,
): Promise<Set<string>> {
  const { skipped, missing } = await readRoles(session, plan, progress, prelude);
  if (missingRoles === 'create') await createRoles(session, [...missing.keys()], progress);
  else handleMissing(missingRoles, missing, skipped, progress);
  return skipped;
}

/** As ensureRoles, but makes none: tells what it would do. */
export async function checkRoles(
  session: Session,
  { missingRoles, prelude }: Pick<ApplyContext, 'missingRoles' | 'prelude'>,
  plan: Plan,
  progress: Pick<Progress, 'add'>,
): Promise<void> {
  const { skipped, missing } = await readRoles(session, plan, progress, prelude);
  if (missingRoles !== 'create') return handleMissing(missingRoles, missing, skipped, progress);
  const roles = [...missing.keys()];
  if (roles.length > 0 && !(await mayCreateRoles(session))) {
    throw await createDenied(session, `create the role ${roles.join(', ')}`, 'it lacks CREATEROLE');
  }
  for (const role of roles) {
    progress.add({ code: 'ROLE_TO_CREATE', severity: 'info', args: { role } });
  }
}

interface Roles {
  /** Keys of steps that make a role that is there. */
  readonly skipped: Set<string>;
  /** What names roles that are not there. */
  readonly missing: ReadonlyMap<string, readonly Step[]>;
}

async function readRoles(
  session: Session,
  plan: Plan,
  progress: Pick<Progress, 'add'>,
  prelude: Prelude | undefined,
): Promise<Roles> {
  const steps = plan.migrations.flatMap((migration) => migration.steps);
  const named = [...new Set(steps.flatMap((step) => step.roles))].filter((role) => !NO_ROLE.has(role));
  const existing = await readExistingRoles(session, named);
  const skipped = new Set<string>();
  const made = new Set<string>();
  const missing = new Map<string, Step[]>();
  // The prelude runs first.
  const makers = (prelude?.statements ?? []).filter((sql) => MAKES_ROLES.test(sql));
  for (const step of steps) {
    if (step.kind === 'DoStmt' && MAKES_ROLES.test(step.sql)) makers.push(step.sql);
    if (step.kind === 'CreateRoleStmt') {
      const [role] = step.roles;
      if (role !== undefined && existing.has(role)) {
        skipped.add(getStepKey(step));
        progress.add(createRoleExists(role, step));
      } else if (role !== undefined) made.add(role);
      continue;
    }
    for (const role of step.roles) {
      if (existing.has(role) || made.has(role) || NO_ROLE.has(role)) continue;
      if (makers.some((sql) => sql.includes(role))) continue;
      missing.set(role, [...(missing.get(role) ?? []), step]);
    }
  }
  return { skipped, missing };
}

function handleMissing(
  policy: 'fail' | 'skip',
  missing: ReadonlyMap<string, readonly Step[]>,
  skipped: Set<string>,
  progress: Pick<Progress, 'add'>,
): void {
  const failing: { name: string; places: string[] }[] = [];
  for (const [name, steps] of missing) {
    const kept = policy === 'skip' ? steps.filter((step) => !LEAVABLE.has(step.kind)) : steps;
    if (kept.length > 0) failing.push({ name, places: kept.map(renderPlace) });
  }
  if (failing.length > 0) throw new PlinthError('ROLE_MISSING', { roles: failing });
  for (const [role, steps] of missing) {
    for (const step of steps) {
      skipped.add(getStepKey(step));
      progress.add({
        code: 'ROLE_SKIPPED',
        severity: 'warning',
        args: { role, place: renderPlace(step) },
      });
    }
  }
}

async function createRoles(session: Session, roles: readonly string[], progress: Progress): Promise<void> {
  for (const role of roles) {
    try {
      await session.execute(getCreateRoleSql(role));
      progress.add({ code: 'ROLE_CREATED', severity: 'info', args: { role } });
    } catch (error) {
      // Roles belong to the whole server: a run on another database may have been faster.
      if (MADE_MEANWHILE.has(getSqlState(error) ?? '')) continue;
      throw await explainDenied(session, error, `create the role ${role}`);
    }
  }
}

/** The finding for a CREATE ROLE that is left out. */
export function createRoleExists(role: string, step: Step) {
  return { code: 'ROLE_EXISTS', severity: 'info', args: { role, place: renderPlace(step) } } as const;
}
