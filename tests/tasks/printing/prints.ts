/** Says something at once, and something after it has waited. */
import { defineTask } from "../../../task.ts";

export default defineTask({
  async run() {
    console.log("at once");
    await new Promise((resolve) => setTimeout(resolve, 5));
    console.warn("after a while");
  },
});
