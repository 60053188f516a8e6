/**
 * An anomaly that gets no bundle, and why.
 * @module
 */

/** Why an anomaly got no bundle. */
export type LossCause =
  | "queue_full"
  | "no_space"
  | "output_dir"
  | "failed"
  | "draining"
  | "duplicate";

/** An anomaly that gets no bundle. */
export class NotCollectedError extends Error {
  /** Name of the class. */
  override name = "NotCollectedError";
  /** Why, by cause. */
  readonly loss: LossCause;

  /**
   * An anomaly that was lost.
   * @param loss why, by cause
   */
  constructor(loss: LossCause, message: string) {
    super(message);
    this.loss = loss;
  }
}
