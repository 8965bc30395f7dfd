import * as blocks from './operations/blocks.js';
import * as partitions from './operations/partitions.js';
import * as parts from './operations/parts.js';
import * as rights from './operations/rights.js';
import * as routines from './operations/routines.js';
import * as rows from './operations/rows.js';
import * as tables from './operations/tables.js';
import * as types from './operations/types.js';
import type { Operation } from './state.js';

/** What a history may do, by how often. The first is what everything shrinks to. */
const WEIGHTS: readonly (readonly [Operation, number])[] = [
  [tables.createTable, 12],
  [tables.createTableLike, 2],
  [tables.addColumn, 6],
  [tables.dropColumn, 3],
  [tables.renameColumn, 3],
  [tables.alterColumn, 4],
  [tables.renameTable, 5],
  [tables.moveTable, 3],
  [tables.dropTable, 3],
  [tables.rebuildTable, 2],
  [partitions.createPartitioned, 2],
  [partitions.addPartition, 3],
  [partitions.removePartition, 2],
  [partitions.turnIntoPartition, 1],
  [parts.createIndex, 4],
  [parts.alterIndex, 2],
  [parts.addConstraint, 5],
  [parts.alterConstraint, 2],
  [parts.createTrigger, 4],
  [parts.alterTrigger, 1],
  [parts.createPolicy, 2],
  [parts.alterPolicy, 1],
  [parts.createSequence, 2],
  [parts.alterSequence, 2],
  [parts.createStatistics, 1],
  [parts.setStorage, 1],
  [types.createSchema, 3],
  [types.renameSchema, 1],
  [types.createType, 5],
  [types.alterType, 5],
  [routines.createValueFunction, 4],
  [routines.createTriggerFunction, 3],
  [routines.createProcedure, 1],
  [routines.callProcedure, 2],
  [routines.alterRoutine, 3],
  [routines.createView, 3],
  [routines.alterView, 2],
  [rows.insertRows, 8],
  [rows.copyRows, 4],
  [rows.changeRows, 4],
  [rights.grantRights, 4],
  [rights.alterDefaults, 1],
  [rights.changeOwner, 2],
  [rights.comment, 3],
  [blocks.createInBlock, 2],
  [blocks.loopOverTables, 1],
  [blocks.changeInBlock, 2],
  [blocks.dropInBlock, 1],
  [blocks.dropSeveral, 1],
];

const OPERATIONS = WEIGHTS.flatMap(([operation, weight]) => Array.from({ length: weight }, () => operation));

export function getOperation(number: number): Operation {
  return OPERATIONS[number % OPERATIONS.length]!;
}
