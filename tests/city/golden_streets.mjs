// Twelve streets drawn by hand, with the numbers that their houses must get and why. Metres of EPSG:9210, each drawing around its
// own origin. A lot is [along, wide, side]: from `along` metres of the street's drawing on, so wide, on the left (1) or right (-1)
// of the drawing; its number is what a ward officer would give by hand.

/** A frame along a segment from `at` towards `way` (degrees clockwise from north). */
export function frame(at, degrees) {
  const turn = degrees * Math.PI / 180, way = [Math.sin(turn), Math.cos(turn)], left = [-way[1], way[0]];
  return (along, aside) => [at[0] + along * way[0] + aside * left[0], at[1] + along * way[1] + aside * left[1]];
}

/** A lot beside a frame: from so far along, so wide, on a side, from `near` to `far` metres of the middle. */
export const lot = (at, along, wide, side, near = 4, far = 19) =>
  [at(along, side * near), at(along + wide, side * near), at(along + wide, side * far), at(along, side * far)];

/** A row of lots of one width. */
const row = (at, side, count, wide, from = 0, options = {}) =>
  Array.from({length: count}, (_, i) => ({ring: lot(at, from + i * wide, wide, side, options.near, options.far), ...options}));

const numbers = (first, step, count, prefix = '') => Array.from({length: count}, (_, i) => `${prefix}${first + i * step}`);
const drawn = (lots, plates) => lots.map((one, i) => ({...one, plate: plates[i]}));

const southwards = frame([0, 60], 180), eastwards = frame([0, 0], 90), southwest = frame([50, 50], 225), north = frame([0, 0], 0);

/** Two legs of a hairpin, 60 m apart: down on the west, back up on the east. */
const down = frame([0, 100], 180), up = frame([60, 0], 0);

export const goldenStreets = [
  {
    // Drawn from north to south: east is left.
    name: 'Bắc Nam', streets: [{name: 'Bắc Nam', line: [[0, 60], [0, 0]], width: 7, direction: 'forward'}],
    lots: [...drawn(row(southwards, 1, 10, 6), numbers(1, 2, 10)), ...drawn(row(southwards, -1, 10, 6), numbers(2, 2, 10))],
    reasons: {1: ['NUM-STEP-01', 'NUM-STEP-06', 'NUM-STEP-07'], 2: ['NUM-STEP-01', 'NUM-STEP-06', 'NUM-STEP-10']},
  },
  {
    // Drawn from west to east, numbered from the east: looking west the south is left.
    name: 'Đông Tây', streets: [{name: 'Đông Tây', line: [[0, 0], [60, 0]], width: 7, direction: 'backward'}],
    lots: [...drawn(row(eastwards, -1, 10, 6), numbers(1, 2, 10).reverse()), ...drawn(row(eastwards, 1, 10, 6), numbers(2, 2, 10).reverse())],
    reasons: {},
  },
  {
    name: 'Chéo', streets: [{name: 'Chéo', line: [[50, 50], [0, 0]], width: 7, direction: 'forward'}],
    lots: [...drawn(row(southwest, 1, 9, 7), numbers(1, 2, 9)), ...drawn(row(southwest, -1, 9, 7), numbers(2, 2, 9))],
    reasons: {},
  },
  {
    // Curved back on itself: the outer row is on the right of both legs, the inner ones on the left.
    name: 'Uốn', streets: [{name: 'Uốn', line: [[0, 100], [0, 10], [10, 0], [50, 0], [60, 10], [60, 100]], width: 7, direction: 'forward'}],
    lots: [
      ...drawn(row(down, -1, 8, 10), numbers(2, 2, 8)), ...drawn(row(down, 1, 8, 10), numbers(1, 2, 8)),
      ...drawn(row(up, -1, 8, 10, 20), numbers(18, 2, 8)), ...drawn(row(up, 1, 8, 10, 20), numbers(17, 2, 8)),
    ],
    reasons: {},
  },
  {
    // A ring around a square, counted as the officer said: drawn against the clock, so the inside is left.
    name: 'Vòng', streets: [{name: 'Vòng', line: [[0, 0], [100, 0], [100, 100], [0, 100], [0, 0]], width: 7, direction: 'forward'}],
    lots: [
      ...drawn(row(frame([0, 0], 90), -1, 5, 20), numbers(2, 2, 5)), ...drawn(row(frame([100, 0], 0), -1, 5, 20), numbers(12, 2, 5)),
      ...drawn(row(frame([100, 100], 270), -1, 5, 20), numbers(22, 2, 5)), ...drawn(row(frame([0, 100], 180), -1, 5, 20), numbers(32, 2, 5)),
      ...drawn(row(frame([0, 0], 90), 1, 3, 20, 20), numbers(1, 2, 3)), ...drawn(row(frame([100, 100], 270), 1, 3, 20, 20), numbers(7, 2, 3)),
    ],
    reasons: {},
  },
  {
    // A T: who looks down the stem from across its end lies at the bar.
    name: 'Ngã ba', streets: [
      {name: 'Thanh ngang', line: [[100, 0], [0, 0]], width: 9, direction: 'forward'},
      {name: 'Thân', line: [[50, 0], [50, -80]], width: 6, direction: 'forward'},
    ],
    lots: [
      ...drawn(row(frame([100, 0], 270), -1, 10, 10, 0, {near: 5, far: 20}), numbers(2, 2, 10)),
      ...drawn(row(frame([50, 0], 180), 1, 5, 10, 20), numbers(1, 2, 5)).map(one => ({...one, street: 'Thân'})),
      ...drawn(row(frame([50, 0], 180), -1, 5, 10, 20), numbers(2, 2, 5)).map(one => ({...one, street: 'Thân'})),
    ],
    reasons: {},
  },
  {
    // An alley that leads through to another street is numbered from the one that it carries the name of.
    name: 'Hẻm thông', streets: [
      {name: 'Đường Trước', line: [[0, 100], [0, 0]], width: 9, direction: 'forward'},
      {name: 'Đường Sau', line: [[90, 100], [90, 0]], width: 9, direction: 'forward'},
      {name: 'Hẻm 5 Đường Trước', kind: 'alley', line: [[90, 50], [0, 50]], width: 3, direction: 'backward', parent: 'Đường Trước', after: '5', mouth_m: 50, open_ends: 2},
    ],
    lots: [
      ...drawn(row(frame([0, 50], 90), 1, 5, 10, 20, {near: 2, far: 15}), numbers(1, 2, 5, '5/')).map(one => ({...one, street: 'Hẻm 5 Đường Trước'})),
      ...drawn(row(frame([0, 50], 90), -1, 5, 10, 20, {near: 2, far: 15}), numbers(2, 2, 5, '5/')).map(one => ({...one, street: 'Hẻm 5 Đường Trước'})),
    ],
    reasons: {},
  },
  {
    // An alley in an alley in an alley.
    name: 'Hẻm trong hẻm', streets: [
      {name: 'Mẹ', line: [[0, 100], [0, 0]], width: 9, direction: 'forward'},
      {name: 'Hẻm 15 Mẹ', kind: 'alley', line: [[0, 50], [100, 50]], width: 3, direction: 'forward', parent: 'Mẹ', after: '15', mouth_m: 50, open_ends: 1},
      {name: 'Hẻm 15/3 Mẹ', kind: 'sub_alley', line: [[40, 50], [40, 100]], width: 3, direction: 'forward', parent: 'Hẻm 15 Mẹ', after: '3', mouth_m: 40, open_ends: 1},
      {name: 'Hẻm 15/3/2 Mẹ', kind: 'sub_alley', line: [[40, 80], [90, 80]], width: 3, direction: 'forward', parent: 'Hẻm 15/3 Mẹ', after: '2', mouth_m: 30, open_ends: 1},
    ],
    lots: [
      ...drawn(row(frame([40, 80], 90), 1, 4, 10, 8, {near: 2, far: 14}), numbers(1, 2, 4, '15/3/2/')).map(one => ({...one, street: 'Hẻm 15/3/2 Mẹ'})),
      ...drawn(row(frame([40, 80], 90), -1, 4, 10, 8, {near: 2, far: 12}), numbers(2, 2, 4, '15/3/2/')).map(one => ({...one, street: 'Hẻm 15/3/2 Mẹ'})),
      ...drawn(row(frame([40, 50], 0), 1, 3, 10, 12, {near: 2, far: 16}), numbers(1, 2, 3, '15/3/')).map(one => ({...one, street: 'Hẻm 15/3 Mẹ'})),
      ...drawn(row(frame([0, 50], 90), -1, 4, 10, 20, {near: 2, far: 16}), numbers(2, 2, 4, '15/')).map(one => ({...one, street: 'Hẻm 15 Mẹ'})),
    ],
    reasons: {},
  },
  {
    // Corner lots take the wider street.
    name: 'Góc', streets: [
      {name: 'Rộng', line: [[100, 0], [0, 0]], width: 12, direction: 'forward'},
      {name: 'Hẹp', line: [[50, 0], [50, -100]], width: 5, direction: 'forward'},
    ],
    lots: [
      // West and east of the narrow street, at the corner: both lie at both.
      {ring: [[53, -7], [68, -7], [68, -27], [53, -27]], plate: '1', corner: true},
      {ring: [[32, -7], [47, -7], [47, -27], [32, -27]], plate: '3', corner: true},
      {ring: [[53, -27], [68, -27], [68, -37], [53, -37]], plate: '1', street: 'Hẹp'},
      {ring: [[32, -27], [47, -27], [47, -37], [32, -37]], plate: '2', street: 'Hẹp'},
    ],
    reasons: {1: ['NUM-STEP-02'], 3: ['NUM-STEP-02']},
  },
  {
    // A road along a river has houses on one side alone: they are numbered in one row.
    name: 'Ven sông', streets: [{name: 'Ven sông', line: [[0, 100], [0, 0]], width: 7, direction: 'forward'}], set: ['odd=one_row'],
    lots: [...drawn(row(frame([0, 100], 180), 1, 10, 10), numbers(1, 1, 10))],
    reasons: {},
  },
  {
    // Land that is not built on keeps as many numbers as houses may come there: 20 m of front are four of 5 m.
    name: 'Đất trống', streets: [{name: 'Đất trống', line: [[0, 100], [0, 0]], width: 7, direction: 'forward'}],
    lots: [
      {ring: lot(frame([0, 100], 180), 0, 6, 1), plate: '1'},
      {ring: lot(frame([0, 100], 180), 6, 20, 1), plate: '3-9', empty: true},
      {ring: lot(frame([0, 100], 180), 26, 6, 1), plate: '11'},
      {ring: lot(frame([0, 100], 180), 32, 4, 1), plate: '13', empty: true},
      {ring: lot(frame([0, 100], 180), 36, 6, 1), plate: '15'},
      {ring: lot(frame([0, 100], 180), 0, 6, -1), plate: '2'},
    ],
    reasons: {'3-9': ['NUM-STEP-19']},
  },
  {
    // Two houses are built between 3 and 5, one behind the last, one between 2 and 6 where 4 is free.
    name: 'Nhà xen', streets: [{name: 'Nhà xen', line: [[0, 100], [0, 0]], width: 7, direction: 'forward'}],
    lots: [
      {ring: lot(frame([0, 100], 180), 0, 6, 1), has: '1', plate: '1'},
      {ring: lot(frame([0, 100], 180), 6, 6, 1), has: '3', plate: '3'},
      {ring: lot(frame([0, 100], 180), 12, 6, 1), plate: '3A'},
      {ring: lot(frame([0, 100], 180), 18, 6, 1), plate: '3B'},
      {ring: lot(frame([0, 100], 180), 24, 6, 1), has: '5', plate: '5'},
      {ring: lot(frame([0, 100], 180), 30, 6, 1), plate: '7'},
      {ring: lot(frame([0, 100], 180), 0, 6, -1), has: '2', plate: '2'},
      {ring: lot(frame([0, 100], 180), 6, 6, -1), plate: '4'},
      {ring: lot(frame([0, 100], 180), 12, 6, -1), has: '6', plate: '6'},
    ],
    reasons: {'3A': ['NUM-STEP-13', 'NUM-STEP-18'], 7: ['NUM-STEP-14', 'NUM-STEP-17'], 4: ['NUM-STEP-13', 'NUM-STEP-17']},
  },
];
