// Types for std_async.js; a test holds their names against the module's.

/** Rejects with the signal's reason once it aborts, otherwise follows `p`. */
export declare function abortable<T>(p: Promise<T>, signal: AbortSignal): Promise<T>;
/** Ends with the signal's reason once it aborts, otherwise yields what `p` yields. */
export declare function abortable<T>(p: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T>;

/** `Promise.all` for the values of a record. */
export declare function allKeyed<T extends Record<PropertyKey, unknown>>(
  record: T,
): Promise<{ [K in keyof T]: Awaited<T[K]> }>;
/** `Promise.allSettled` for the values of a record. */
export declare function allSettledKeyed<T extends Record<PropertyKey, unknown>>(
  record: T,
): Promise<{ [K in keyof T]: PromiseSettledResult<Awaited<T[K]>> }>;

/** Options of {@link deadline}. */
export interface DeadlineOptions {
  /** Gives up earlier. */
  signal?: AbortSignal;
}
/** Rejects with a `TimeoutError` when `p` has not settled after `ms` of real time. */
export declare function deadline<T>(
  p: Promise<T>,
  ms: number,
  options?: DeadlineOptions,
): Promise<T>;

/** What {@link debounce} returns. */
export interface DebouncedFunction<T extends unknown[]> {
  (...args: T): void;
  /** Forgets a call that waits. */
  clear(): void;
  /** Makes a call that waits at once. */
  flush(): void;
  /** True while a call waits. */
  readonly pending: boolean;
}
/** Options of {@link debounce}. */
export interface DebounceOptions {
  /** Clears a waiting call when aborted. */
  signal?: AbortSignal;
}
/** Calls `fn` once, `wait` ms after the last call. */
export declare function debounce<T extends unknown[]>(
  fn: (this: DebouncedFunction<T>, ...args: T) => void,
  wait: number,
  options?: DebounceOptions,
): DebouncedFunction<T>;

/** Options of {@link delay}. */
export interface DelayOptions {
  /** Rejects early with its reason. */
  signal?: AbortSignal;
  /** False lets the process end while the delay runs. Default true. */
  persistent?: boolean;
}
/** Resolves after `ms`, however long that is. */
export declare function delay(ms: number, options?: DelayOptions): Promise<void>;

/** Options of {@link Lazy.get}. */
export interface LazyGetOptions {
  /** Stops this caller's wait, not the initialization. */
  signal?: AbortSignal;
}
/** A value made at the first `get` and shared from then on. */
export declare class Lazy<T> {
  constructor(init: () => T | PromiseLike<T>);
  get(options?: LazyGetOptions): Promise<T>;
  get initialized(): boolean;
  peek(): { ok: true; value: T } | { ok: false };
  reset(): void;
}

/** Several async iterables as one stream, in order of arrival. */
export declare class MuxAsyncIterator<T> implements AsyncIterable<T> {
  add(iterable: AsyncIterable<T>): void;
  iterate(): AsyncIterableIterator<T>;
  [Symbol.asyncIterator](): AsyncIterator<T>;
}

/** Options of {@link poll}. */
export interface PollOptions {
  /** Stops polling with its reason. */
  signal?: AbortSignal;
  /** Time between calls, ms. Default 1,000. */
  interval?: number;
}
/** Calls `fn` until `isDone` accepts its result, and resolves with that. */
export declare function poll<T>(
  fn: () => T | PromiseLike<T>,
  isDone: (result: T) => boolean,
  options?: PollOptions,
): Promise<T>;

/** Maps with at most `poolLimit` calls under way; results in order of the input. */
export declare function pooledMap<T, R>(
  poolLimit: number,
  array: Iterable<T> | AsyncIterable<T>,
  iteratorFn: (data: T) => Promise<R>,
): AsyncIterableIterator<R>;

/** Rejection of {@link retry} when all attempts failed; `cause` is the last error. */
export declare class RetryError extends Error {
  constructor(cause: unknown, attempts: number);
}
/** Options of {@link retry}; times in ms. */
export interface RetryOptions {
  /** Default 2. */
  multiplier?: number;
  /** Default 60,000. */
  maxTimeout?: number;
  /** Default 5. */
  maxAttempts?: number;
  /** Default 1,000. */
  minTimeout?: number;
  /** Share of the wait that is left to chance, 0..1. Default 1. */
  jitter?: number;
  /** False for errors that no further attempt can cure. Default: always true. */
  isRetriable?: (err: unknown) => boolean;
  signal?: AbortSignal;
}
/** Calls `fn` until it succeeds, with growing waits between attempts. */
export declare function retry<T>(
  fn: (() => Promise<T>) | (() => T),
  options?: RetryOptions,
): Promise<T>;

/** A tuple of `N` values of `T`. */
export type Tuple<T, N extends number> = N extends N ? number extends N ? T[] : TupleOf<T, N, []>
  : never;
/** Builds {@link Tuple} one element at a time. */
export type TupleOf<T, N extends number, R extends unknown[]> = R["length"] extends N ? R
  : TupleOf<T, N, [T, ...R]>;
/** Splits an async iterable into `n` that each yield everything. Default 2. */
export declare function tee<T, N extends number = 2>(
  iterable: AsyncIterable<T>,
  n?: N,
): Tuple<AsyncIterable<T>, N>;
