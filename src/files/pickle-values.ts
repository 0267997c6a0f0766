/** What may be in a pickle. */
export interface PickleRules {
  /** By qualified name (`collections.OrderedDict`); what is not here is refused. */
  classes: ReadonlyMap<string, PickleClass>;
  /** The value of a pointer to data outside of the pickle; absent: there are none. */
  persistent?: (id: unknown) => unknown;
}

/** What a name of a pickle stands for. */
export interface PickleClass {
  /** The value of calling it, or of an empty one of it; absent: it may be named and nothing else. */
  make?: (args: readonly unknown[]) => unknown;
}

/** A class as a value: pickles name one where another is called with it. */
export class PickleGlobal {
  readonly name: string;
  readonly class: PickleClass;

  constructor(name: string, pickleClass: PickleClass) {
    this.name = name;
    this.class = pickleClass;
  }
}

/** A value that is made empty and gets its content after it. */
export abstract class PickledObject {
  /**
   * Takes what Python would give to `__setstate__`.
   *
   * @throws MalformedFile
   */
  abstract setState(state: unknown): void;
}

/** An object of a plain class: its name and its fields, and nothing of its code. */
export class PlainObject extends PickledObject {
  readonly className: string;
  /** By the name of the field. */
  fields = new Map<unknown, unknown>();

  constructor(className: string) {
    super();
    this.className = className;
  }

  override setState(state: unknown): void {
    if (state instanceof Map) this.fields = state;
  }
}

/** A plain class: it takes no arguments, and its fields are read as they are. */
export function plainClass(name: string): [string, PickleClass] {
  return [name, { make: () => new PlainObject(name) }];
}
