// How a typing test states that an expression has exactly one type.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only if the value's type is exactly `Expected`: `type<number>()(value, true)`. */
export declare function type<Expected>(): <Actual>(value: Actual, same: Same<Actual, Expected>) => void;
