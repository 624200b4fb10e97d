/**
 * Numbers of jobs by instant: a binary heap in two flat arrays, so that each costs 16 bytes and no
 * object.
 *
 * @module
 */

/** Places at first, and at least. */
const placesMin = 16;

/** Keeps the earliest at hand; of one instant the smallest number. */
export class Agenda {
  size = 0;
  #ats = new Float64Array(placesMin);
  #ids = new Float64Array(placesMin);

  /** The earliest instant, epoch ms; Infinity when empty. */
  get firstAt(): number {
    return this.size === 0 ? Infinity : this.#ats[0]!;
  }

  /** Places that memory is held for. */
  get capacity(): number {
    return this.#ats.length;
  }

  /** Adds a number at an instant, epoch ms. */
  push(at: number, id: number): void {
    if (this.size === this.capacity) this.#resize(Math.ceil(this.capacity * 1.5));
    let place = this.size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(at, id, parent)) break;
      this.#set(place, this.#ats[parent]!, this.#ids[parent]!);
      place = parent;
    }
    this.#set(place, at, id);
  }

  /** Takes the earliest number, undefined when empty. */
  pop(): number | undefined {
    if (this.size === 0) return undefined;
    const first = this.#ids[0]!;
    this.size--;
    this.#sink(this.#ats[this.size]!, this.#ids[this.size]!);
    if (this.capacity > placesMin && this.size < this.capacity / 4) {
      this.#resize(Math.max(placesMin, Math.ceil(this.capacity / 2)));
    }
    return first;
  }

  /** Leaves out all that are not `kept`. */
  keep(kept: (id: number) => boolean): void {
    const [ats, ids, { size }] = [this.#ats, this.#ids, this];
    this.clear();
    for (let i = 0; i < size; i++) if (kept(ids[i]!)) this.push(ats[i]!, ids[i]!);
  }

  /** Leaves out everything. */
  clear(): void {
    this.size = 0;
    this.#ats = new Float64Array(placesMin);
    this.#ids = new Float64Array(placesMin);
  }

  /** Lays one down from the top to where all below come later. */
  #sink(at: number, id: number): void {
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= this.size) break;
      const right = left + 1;
      const isRight = right < this.size &&
        this.#isBefore(this.#ats[right]!, this.#ids[right]!, left);
      const child = isRight ? right : left;
      if (this.#isBefore(at, id, child)) break;
      this.#set(place, this.#ats[child]!, this.#ids[child]!);
      place = child;
    }
    this.#set(place, at, id);
  }

  #isBefore(at: number, id: number, place: number): boolean {
    const other = this.#ats[place]!;
    return at < other || (at === other && id < this.#ids[place]!);
  }

  #set(place: number, at: number, id: number): void {
    this.#ats[place] = at;
    this.#ids[place] = id;
  }

  #resize(places: number): void {
    const [ats, ids] = [this.#ats, this.#ids];
    this.#ats = new Float64Array(places);
    this.#ids = new Float64Array(places);
    this.#ats.set(ats.subarray(0, this.size));
    this.#ids.set(ids.subarray(0, this.size));
  }
}
