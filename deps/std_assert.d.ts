// Types for std_assert.js; a test holds their names against the module's.
// deno-lint-ignore-file no-explicit-any -- classes are matched whatever their constructors take.

/** What every assertion throws. */
export declare class AssertionError extends Error {
  constructor(message: string, options?: ErrorOptions);
}

/** A class that may be abstract. */
export type AnyConstructor = abstract new (...args: any[]) => any;
/** What a class makes. */
export type GetConstructorType<T extends AnyConstructor> = InstanceType<T>;
/** Values that are false. */
export type Falsy = false | 0 | 0n | "" | null | undefined;
/** Anything with a length and numbered elements. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

/** `expr` is truthy. */
export declare function assert(expr: unknown, msg?: string): asserts expr;
/** `expr` is falsy. */
export declare function assertFalse(expr: unknown, msg?: string): asserts expr is Falsy;
/** Neither null nor undefined. */
export declare function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T>;

/** True when both are deeply equal. */
export declare function equal(a: unknown, b: unknown): boolean;
/** Deeply equal. */
export declare function assertEquals<T>(actual: T, expected: T, msg?: string): void;
/** Not deeply equal. */
export declare function assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
/** The same by `Object.is`. */
export declare function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T;
/** Not the same by `Object.is`. */
export declare function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void;
/** Equal within `tolerance`; default 1e-7 of `expected`. */
export declare function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void;

/** `actual > expected`. */
export declare function assertGreater<T>(actual: T, expected: T, msg?: string): void;
/** `actual >= expected`. */
export declare function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void;
/** `actual < expected`. */
export declare function assertLess<T>(actual: T, expected: T, msg?: string): void;
/** `actual <= expected`. */
export declare function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void;

/** Contains every element of `expected`, in any order. */
export declare function assertArrayIncludes<T>(
  actual: ArrayLikeArg<T>,
  expected: ArrayLikeArg<T>,
  msg?: string,
): void;
/** Contains `expected`. */
export declare function assertStringIncludes(actual: string, expected: string, msg?: string): void;
/** Matches `expected`. */
export declare function assertMatch(actual: string, expected: RegExp, msg?: string): void;
/** Does not match `expected`. */
export declare function assertNotMatch(actual: string, expected: RegExp, msg?: string): void;
/** Has at least what `expected` has, deeply. */
export declare function assertObjectMatch(
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void;

/** An instance of `expectedType`. */
export declare function assertInstanceOf<T extends AnyConstructor>(
  actual: unknown,
  expectedType: T,
  msg?: string,
): asserts actual is GetConstructorType<T>;
/** No instance of `unexpectedType`. */
export declare function assertNotInstanceOf<A, T>(
  actual: A,
  unexpectedType: abstract new (...args: any[]) => T,
  msg?: string,
): asserts actual is Exclude<A, T>;
/** An error of a class, with a message that contains or matches `msgMatches`. */
export declare function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: abstract new (...args: any[]) => E,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E;

/** `fn` throws; returns what it threw. */
export declare function assertThrows(fn: () => unknown, msg?: string): unknown;
/** `fn` throws an error of a class with a message that contains `msgIncludes`; returns it. */
export declare function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: abstract new (...args: any[]) => E,
  msgIncludes?: string,
  msg?: string,
): E;
/** `fn` returns a promise that rejects; resolves with the reason. */
export declare function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<
  unknown
>;
/** As above, with an error of a class and a message that contains `msgIncludes`. */
export declare function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: abstract new (...args: any[]) => E,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;

/** Always throws. */
export declare function fail(msg?: string): never;
/** Always throws: this has yet to be written. */
export declare function unimplemented(msg?: string): never;
/** Always throws: nothing can get here. */
export declare function unreachable(msg?: string): never;
