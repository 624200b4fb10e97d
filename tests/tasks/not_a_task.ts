/** A function alone is not a task: it was not made with `defineTask`. */
export default () => 1;
