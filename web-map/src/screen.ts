/*
 * screen: how much room there is. The same width stands in style/layout.css.
 */

const narrow = matchMedia("(max-width: 719px)");

/** A phone: panels come as sheets from below, one at a time. */
export function isNarrow(): boolean {
	return narrow.matches;
}
