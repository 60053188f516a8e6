/**
 * One part of the page, with its heading as its name among the landmarks.
 * @module
 */
import type { ComponentChildren, VNode } from "preact";

/** A section; `id` is also where the navigation leads. */
export function Section(
  { id, title, note, children }: {
    id: string;
    title: string;
    note?: string;
    children: ComponentChildren;
  },
): VNode {
  return (
    <section id={id} aria-labelledby={`${id}-title`} tabIndex={-1}>
      <h2 id={`${id}-title`}>{title}</h2>
      {note === undefined || note === "" ? null : <p class="note">{note}</p>}
      {children}
    </section>
  );
}
