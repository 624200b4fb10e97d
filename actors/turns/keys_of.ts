/**
 * The keys of a job.
 *
 * @module
 */
import type { JobSpec } from "../../messages/job.ts";
import { latelyRead } from "../lately_read.ts";

/** Keys in alphabetical order, each once; null where there are none. A project is a key as well. */
export function keysOf({ key, keys, projectId }: JobSpec): readonly string[] | null {
  if (key === undefined && keys === undefined && projectId === undefined) return null;
  if (key !== undefined && projectId === undefined) return latelyRead("key", key) ?? [key];
  const all = new Set(keys ?? (key === undefined ? [] : [key]));
  if (projectId !== undefined) all.add(`project:${projectId}`);
  return all.size === 0 ? null : [...all].sort();
}

/** The key that all jobs of an operation have, where they may have to wait together. */
export const operationKey = (operation: string): string => `operation:${operation}`;
