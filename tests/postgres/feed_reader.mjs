// Follows numbers of a feed while others write, and keeps what a reader must never see: a number
// that is skipped when it is read, and one that comes after a greater one has been seen.

/** read(after) resolves to the numbers behind `after`, in order, or throws while nobody answers. */
export function followNumbers(read, {pauseMs = 5} = {}) {
  const faults = [];
  let last = 0, stopping = false;
  async function round() {
    const numbers = await read(last);
    for (const number of numbers) {
      if (number !== last + 1) faults.push(`${number} came behind ${last}`);
      last = Math.max(last, number);
    }
    return numbers.length;
  }
  const work = (async () => {
    while (!stopping) {
      await round().catch(() => 0);
      await new Promise(resolve => setTimeout(resolve, pauseMs));
    }
  })();
  return {
    faults,
    last: () => last,
    /** Reads to the end; what is missing by then has never come. */
    stop: async () => {
      stopping = true;
      await work;
      while (await round());
      return last;
    },
  };
}
