/** A module that fails while it is loaded. */
throw new Error("thrown at import");
