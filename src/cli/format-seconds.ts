/**
 * A duration for people: seconds to two minutes, minutes to two hours, then hours.
 *
 * @example
 * formatSeconds(134); // '2 min 14 s'
 */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7200) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
