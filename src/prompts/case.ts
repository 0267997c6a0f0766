/** One tokenised text: a prompt followed by one of its answers. Positions are 0-based token indexes. */
export interface Sequence {
  /** The whole text, prompt and answer. */
  tokens: Int32Array;
  /** Position of the last token before the answer: the row that predicts the first answer token. */
  lastPromptToken: number;
  /** Position of the first token that belongs to the answer. Always `lastPromptToken + 1`. */
  firstAnswerToken: number;
  /** Position of the token that holds the answer letter; null in the completion format. */
  letter: number | null;
  /** Answer tokens `[answerStart, answerEnd)`. */
  answerStart: number;
  answerEnd: number;
}

/** An item as tokens: the positive and the negative answer behind the same prompt. */
export interface Case {
  /** Stable name within a run, for messages and cells: `<behaviour>/<item index>`. */
  id: string;
  /** Index of the item in its source. */
  item: number;
  positive: Sequence;
  negative: Sequence;
  /** True when prompt and prompt + answer tokenise differently where they meet, and the seam was moved back. */
  seamMoved: boolean;
}
