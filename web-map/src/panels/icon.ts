/*
 * icon: the signs on buttons, drawn for this map on a grid of 24 with one stroke width.
 */
import { svg, html, type TemplateResult } from "lit";

const paths = {
	layers: svg`<path d="M12 3.5 3.5 8 12 12.5 20.5 8 12 3.5Z"/><path d="m3.5 12 8.5 4.5 8.5-4.5"/><path d="m3.5 16 8.5 4.5 8.5-4.5"/>`,
	ruler: svg`<path d="m3.2 15.6 12.4-12.4a1 1 0 0 1 1.4 0l3.8 3.8a1 1 0 0 1 0 1.4L8.4 20.8a1 1 0 0 1-1.4 0l-3.8-3.8a1 1 0 0 1 0-1.4Z"/><path d="m7 11.8 2 2m.8-4.8 2.6 2.6m.2-5.4 2 2"/>`,
	area: svg`<path d="M5.5 5.5 18 4l2 13-8 3-7.5-4 1-10.5Z"/><circle cx="5.5" cy="5.5" r="1.6"/><circle cx="18" cy="4.2" r="1.6"/><circle cx="19.8" cy="16.8" r="1.6"/><circle cx="4.7" cy="15.8" r="1.6"/>`,
	link: svg`<path d="M10 14a4 4 0 0 0 5.7.2l3.2-3.2a4 4 0 0 0-5.7-5.7l-1.5 1.5"/><path d="M14 10a4 4 0 0 0-5.7-.2l-3.2 3.2a4 4 0 0 0 5.7 5.7l1.5-1.5"/>`,
	sun: svg`<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2m0 15v2M2.5 12h2m15 0h2M5.3 5.3l1.4 1.4m10.6 10.6 1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"/>`,
	moon: svg`<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z"/>`,
	help: svg`<circle cx="12" cy="12" r="9"/><path d="M9.6 9.4a2.5 2.5 0 1 1 3.5 2.6c-.8.4-1.1.9-1.1 1.8"/><path d="M12 16.9v.1"/>`,
	plus: svg`<path d="M12 5v14M5 12h14"/>`,
	minus: svg`<path d="M5 12h14"/>`,
	home: svg`<path d="M4 9V5a1 1 0 0 1 1-1h4M15 4h4a1 1 0 0 1 1 1v4M20 15v4a1 1 0 0 1-1 1h-4M9 20H5a1 1 0 0 1-1-1v-4"/><circle cx="12" cy="12" r="2.2"/>`,
	close: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
	search: svg`<circle cx="11" cy="11" r="6.5"/><path d="m20 20-4.2-4.2"/>`,
	pin: svg`<path d="M12 21c4.5-4.6 6.8-8 6.8-11a6.8 6.8 0 0 0-13.6 0c0 3 2.3 6.4 6.8 11Z"/><circle cx="12" cy="10" r="2.4"/>`,
	chevron: svg`<path d="m9 6 6 6-6 6"/>`,
	copy: svg`<rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2"/><path d="M15.5 8.5V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7.5a2 2 0 0 0 2 2h2.5"/>`,
	check: svg`<path d="m5 12.5 4.5 4.5L19 7.5"/>`,
	target: svg`<circle cx="12" cy="12" r="6.5"/><path d="M12 2.5v5M12 16.5v5M2.5 12h5M16.5 12h5"/>`,
	undo: svg`<path d="M8 5 4 9l4 4"/><path d="M4 9h10a6 6 0 0 1 0 12h-3"/>`,
	redo: svg`<path d="m16 5 4 4-4 4"/><path d="M20 9H10a6 6 0 0 0 0 12h3"/>`,
	pencil: svg`<path d="m4.5 19.5 1-4.2L16.3 4.5a1.6 1.6 0 0 1 2.3 0l.9.9a1.6 1.6 0 0 1 0 2.3L8.7 18.5l-4.2 1Z"/><path d="m14.5 6.3 3.2 3.2"/>`,
	draw: svg`<path d="M4.5 6 10 18.5 19.5 12"/><circle cx="4.5" cy="6" r="1.8"/><circle cx="10" cy="18.5" r="1.8"/><path d="M17.5 3v7M14 6.5h7"/>`,
	person: svg`<circle cx="12" cy="8.2" r="3.7"/><path d="M4.8 20c.8-3.6 3.6-5.6 7.2-5.6s6.4 2 7.2 5.6"/>`,
	clock: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.3l3.3 2"/>`,
	compare: svg`<rect x="3.5" y="5" width="7" height="14" rx="1.5"/><rect x="13.5" y="5" width="7" height="14" rx="1.5"/><path d="M6 9h2m-2 3h2m8-3h2m-2 3h2"/>`,
	people: svg`<circle cx="9" cy="8.5" r="3.2"/><path d="M3 19c.7-3.2 3-4.8 6-4.8s5.300 1.600 6 4.800"/><path d="M15.500 5.600a3.200 3.200 0 0 1 0 5.900M17.500 14.600c2 .6 3.200 2.200 3.600 4.400"/>`,
	key: svg`<circle cx="8" cy="15.500" r="4"/><path d="m11 12.500 8.500-8.500M16 7.500l2.500 2.500"/>`,
	leave: svg`<path d="M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4"/><path d="M15 8l4 4-4 4M19 12H9.500"/>`,
	previous: svg`<path d="m15 6-6 6 6 6"/>`,
	trash: svg`<path d="M4.5 6.5h15M9.5 6.5V4.5h5v2M6.5 6.5l.8 13h9.4l.8-13M10 10.5v5.5m4-5.5v5.5"/>`,
	warning: svg`<path d="M12 4 2.8 19.5h18.4L12 4Z"/><path d="M12 10v4.5m0 2.3v.1"/>`,
	data: svg`<path d="M8 4H6.5a2 2 0 0 0-2 2v4L3 12l1.5 2v4a2 2 0 0 0 2 2H8M16 4h1.5a2 2 0 0 1 2 2v4l1.5 2-1.5 2v4a2 2 0 0 1-2 2H16"/>`,
	split: svg`<path d="M4 5h16v14H4z"/><path d="M13 3 10 21" stroke-dasharray="3 2.500"/>`,
	join: svg`<path d="M4 6h7v12H4zM13 6h7v12h-7z"/><path d="M9 12h6"/>`,
	download: svg`<path d="M12 4v10.5m-4.5-4.500 4.500 4.500 4.500-4.500M4.500 19.500h15"/>`,
	plate: svg`<rect x="3" y="6.500" width="18" height="11" rx="2"/><path d="M8.500 9.500 7 10.500m1.500-1v5M12.500 10a1.700 1.700 0 1 1 3 1.200l-3 3.300h3.300"/>`,
	expand: svg`<path d="m6 15 6-6 6 6"/>`,
};

export type IconName = keyof typeof paths;

/** Decoration: the button that bears it has a name of its own. */
export function icon(name: IconName): TemplateResult {
	return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${paths[name]}</svg>`;
}
