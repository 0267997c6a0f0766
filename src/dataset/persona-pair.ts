/** Two prompts that ask for a behaviour and for its opposite. */
export interface PersonaPair {
  positive: string;
  negative: string;
  /** Where the pair was read. */
  source: string;
  /** What a reader must know about the pair; null where there is nothing. */
  note: string | null;
}
