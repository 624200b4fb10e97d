// What the workers of the other pools run: the same no-op.
export default (argument) => argument;
