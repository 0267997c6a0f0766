import { type Markish, text } from '@observablehq/plot';
import { colour } from '../palette.ts';
import { shorten, textWidth } from './text-width.ts';

interface NamedPoint {
  x: number;
  y: number;
  name: string;
}

/** The panel that names are placed in: ends of its axes, and its size in CSS pixels. */
interface Room {
  x: [number, number];
  y: [number, number];
  width: number;
  height: number;
}

const fontSize = 10.5;

/**
 * Names beside the points that most deserve one, as far as they collide neither with each other nor with points.
 *
 * @param most Most names.
 * @param worth How much a point deserves its name; at 0 and below it gets none.
 */
export function placeNames(
  points: NamedPoint[],
  room: Room,
  most: number,
  worth: (point: NamedPoint) => number,
): Markish[] {
  const across = (value: number) => ((value - room.x[0]) / (room.x[1] - room.x[0])) * room.width;
  const down = (value: number) => ((room.y[1] - value) / (room.y[1] - room.y[0])) * room.height;
  const taken: { left: number; right: number; y: number }[] = [];
  const named = points
    .filter((point) => worth(point) > 0)
    .sort((a, b) => worth(b) - worth(a))
    .flatMap((point) => {
      if (taken.length >= most) return [];
      const at = across(point.x);
      const atLeft = at > room.width / 2;
      const label = shorten(point.name, (atLeft ? at : room.width - at) - 8, fontSize);
      const reach = textWidth(label, fontSize) + 8;
      const box = { left: atLeft ? at - reach : at, right: atLeft ? at : at + reach, y: down(point.y) };
      const free =
        taken.every(
          (other) => Math.abs(other.y - box.y) >= 12 || other.left >= box.right || other.right <= box.left,
        ) &&
        points.every(
          (other) =>
            other === point ||
            Math.abs(down(other.y) - box.y) >= 7 ||
            across(other.x) <= box.left - 3 ||
            across(other.x) >= box.right + 3,
        );
      // A stump of a name says nothing.
      if (!free || (label !== point.name && label.length < 8)) return [];
      taken.push(box);
      return [{ ...point, label, atLeft }];
    });
  return [false, true].map((atLeft) =>
    text(
      named.filter((point) => point.atLeft === atLeft),
      {
        ...{ x: 'x', y: 'y', text: 'label', textAnchor: atLeft ? 'end' : 'start', dx: atLeft ? -7 : 7 },
        ...{ fontSize, fill: colour('ink'), stroke: colour('paper'), strokeWidth: 3 },
      },
    ),
  );
}
