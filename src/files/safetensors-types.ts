/** Tensor types of safetensors: bytes a value, and the typed array that holds them in memory. */
export const safetensorsTypes = {
  BOOL: { bytes: 1, array: Uint8Array },
  U8: { bytes: 1, array: Uint8Array },
  I8: { bytes: 1, array: Int8Array },
  U16: { bytes: 2, array: Uint16Array },
  I16: { bytes: 2, array: Int16Array },
  /** 16-bit floats are held as 32-bit ones: the widening is exact. */
  F16: { bytes: 2, array: Float32Array },
  BF16: { bytes: 2, array: Float32Array },
  U32: { bytes: 4, array: Uint32Array },
  I32: { bytes: 4, array: Int32Array },
  F32: { bytes: 4, array: Float32Array },
  U64: { bytes: 8, array: BigUint64Array },
  I64: { bytes: 8, array: BigInt64Array },
  F64: { bytes: 8, array: Float64Array },
} as const;

/** Name of a tensor type of safetensors. */
export type SafetensorsType = keyof typeof safetensorsTypes;

/** Values of a tensor, row-major; see {@link safetensorsTypes} for the array of each type. */
export type SafetensorsValues =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array;

/** A tensor of a safetensors file: where its data lie, not the data. */
export interface SafetensorsTensor {
  name: string;
  type: SafetensorsType;
  /** Extents, the contiguous one last; empty for a single number. */
  shape: number[];
  /** Bytes from the start of the file. */
  offset: number;
  bytes: number;
}
