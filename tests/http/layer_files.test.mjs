// Layers as files: what `dothi export` writes is, read by GDAL, what the register holds, and comes back by `dothi import`.
import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, readdirSync, statSync} from 'node:fs';
import {rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {databaseOf, demo, dothi, must, program, temporaryFolder} from './city.mjs';
import {person} from './people.mjs';

// A preloaded sanitizer is not for GDAL's programs.
const env = {...process.env, ASAN_OPTIONS: '', LD_PRELOAD: ''};
const run = (...words) => execFileSync(words[0], words.slice(1), {encoding: 'utf8', env, maxBuffer: 1 << 28});
const LAYERS = ['parcel', 'street', 'light_pole'], FORMATS = ['gpkg', 'zip', 'geojson', 'fgb', 'csv'];
let city, folder, at;

before(async () => {
  city = await demo(700);
  folder = join(city.folder, 'city');
  at = name => join(city.folder, name);
});
after(async () => {
  assert.equal((await city.stop()).code, 0);
  await rm(city.folder, {recursive: true});
});

/** Exports and resolves to the report. */
const exported = async (register, file, layer, ...words) => JSON.parse(await must('export', register, file, '--layer', layer, '--json', '--force', ...words));

/** Features of any file that GDAL reads, coordinates to their last digit. */
function gdal(file, layer, ...words) {
  const text = run('ogr2ogr', '-q', '-f', 'GeoJSON', '/vsistdout/', file, ...layer ? [layer] : [], '-lco', 'COORDINATE_PRECISION=15', '-lco', 'RFC7946=NO', '-preserve_fid', ...words);
  return JSON.parse(text).features;
}

/** Cells of a table of text (RFC 4180), and what the guards against Excel leave of them. */
function cells(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|$)/g)) {
    if (end === '' && quoted === undefined && plain === '') break;
    rows.at(-1).push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\r\n') rows.push([]);
  }
  if (!rows.at(-1).length) rows.pop();
  return rows;
}
const unguarded = cell => (/^="([\s\S]*)"$/.exec(cell)?.[1].replaceAll('""', '"') ?? cell.replace(/^'/, ''));

function csvFeatures(file) {
  const text = readFileSync(file, 'utf8');
  assert.ok(text.startsWith('\uFEFF'));
  const [names, ...rows] = cells(text.slice(1));
  return rows.map(row => {
    assert.equal(row.length, names.length, row.join('|'));
    const properties = Object.fromEntries(names.map((name, i) => [name, row[i] === '' ? null : unguarded(row[i])]));
    const {WKT, lon, lat, east = lon, north = lat, z_m, ...rest} = properties;
    const numbers = text => JSON.parse(text.replace(/^[A-Z ]+/, '').replaceAll('(', '[').replaceAll(')', ']').replace(/([^[\],]+) ([^[\],]+)/g, '[$1,$2]'));
    const geometry = WKT ? {type: WKT.startsWith('MULTIP') ? 'MultiPolygon' : 'MultiLineString', coordinates: numbers(WKT)}
      : east ? {type: 'Point', coordinates: [Number(east), Number(north), ...z_m ? [Number(z_m)] : []]} : null;
    return {properties: rest, geometry};
  });
}

/** Rings begin with their least corner and go the same way round, so that two can be compared. */
function ring(points) {
  const open = points.slice(0, -1), keys = open.map(String), least = keys.indexOf([...keys].sort()[0]);
  const turned = [...open.slice(least), ...open.slice(0, least)];
  const back = [turned[0], ...turned.slice(1).reverse()];
  return String(turned[1]) < String(back[1]) ? turned : back;
}
function shape(geometry) {
  if (!geometry?.coordinates?.length) return null;
  const {type, coordinates} = geometry;
  const several = type.startsWith('Multi') || type === 'Point' ? coordinates : [coordinates];
  if (!type.endsWith('Polygon')) return several;
  return several.map(part => [ring(part[0]), ...part.slice(1).map(ring).sort((a, b) => (String(a) < String(b) ? -1 : 1))]).sort((a, b) => (String(a) < String(b) ? -1 : 1));
}

const short = {area_legal_m2: 'area_legal', admin_unit_id: 'admin_unit', unit_now_id: 'unit_now_i', source_attributes: 'source_att', native_epsg: 'native_eps',
  named_after_number: 'named_afte'};
const date = text => text?.slice(0, 10).replaceAll('/', '-') ?? null;

/** Records as ids, values and shapes; blank is nothing in a shapefile, and nothing has a type in a CSV. */
function records(features, names, {blank, texts, id = one => one.properties.id ?? one.id} = {}) {
  const value = (raw, name) => {
    let one = raw ?? null;
    if (one !== null && typeof one === 'object') one = JSON.stringify(one);
    if (one !== null && name.startsWith('valid_')) one = date(one);
    if (blank && one === '') one = null;
    return texts && one !== null ? String(name.endsWith('_m2') ? Number(one) : one) : one;
  };
  const rows = features.map(one => [Number(id(one)), Object.fromEntries(names.map(name => [name, value(one.properties[name] ?? one.properties[short[name]], name)])), shape(one.geometry)]);
  return rows.sort((a, b) => a[0] - b[0]);
}

const columnsOf = layer => run('ogrinfo', '-ro', '-so', databaseOf(folder), layer).match(/^\w+(?=: \w+ \()/gm).filter(name => !['in_force', 'recorded_at', 'z_m', 'native_geom', 'id'].includes(name));

/** The items of a layer, all pages. */
async function itemsOf(layer, query = '') {
  const found = [];
  for (let next = `${city.url}/ogc/collections/${layer}/items?limit=1000${query}`; next;) {
    const page = await (await fetch(next)).json();
    found.push(...page.features);
    next = page.links.find(link => link.rel === 'next')?.href;
  }
  return found;
}

const read = (file, format) => (format === 'csv' ? csvFeatures(file) : gdal(format === 'zip' ? `/vsizip/${file}` : file));
const loose = format => ({blank: format === 'zip', texts: format === 'csv'});

test('in the working system each value and each coordinate is that of the register, digit by digit', async () => {
  for (const layer of LAYERS) {
    const names = columnsOf(layer), truth = gdal(databaseOf(folder), layer, '-where', 'in_force = 1');
    assert.ok(truth.length > 20);
    for (const format of FORMATS) {
      const file = at(`${layer}.${format}`), report = await exported(folder, file, layer, '--crs', 'working');
      assert.equal(report.epsg, 9210);
      assert.equal(report.rows, truth.length);
      assert.equal(report.bytes, statSync(file).size);
      assert.deepEqual(records(read(file, format), names, loose(format)), records(truth, names, {...loose(format), id: one => one.id}), `${layer} ${format}`);
    }
  }
});

test('in degrees they are what items show', async () => {
  for (const layer of LAYERS) {
    const truth = await itemsOf(layer), names = Object.keys(truth[0].properties);
    for (const format of FORMATS) {
      const file = at(`${layer}-84.${format}`);
      assert.equal((await exported(folder, file, layer, '--crs', '4326')).epsg, 4326);
      const features = read(file, format).map(one => ({...one, geometry: one.geometry && {...one.geometry, coordinates: rounded(one.geometry.coordinates)}}));
      assert.deepEqual(records(features, names, loose(format)), records(truth, names, {...loose(format), id: one => one.id}), `${layer} ${format}`);
    }
  }
});
const rounded = numbers => (Array.isArray(numbers) ? numbers.map(rounded) : Number(numbers.toFixed(9)));

test('a GeoPackage is a good one: its system with the pinned datum, its title, its index; the same bytes again', async () => {
  const file = at('p.gpkg'), again = at('p2.gpkg');
  await exported(folder, file, 'parcel');
  await exported(folder, again, 'parcel');
  assert.ok(readFileSync(file).equals(readFileSync(again)));
  const sql = text => execFileSync('sqlite3', [file, text], {encoding: 'utf8', env}).trim();
  assert.equal(sql('PRAGMA integrity_check'), 'ok');
  assert.match(sql('SELECT definition FROM gpkg_spatial_ref_sys WHERE srs_id = 9210'), /TOWGS84\[-191\.90441429,-39\.30318279,-111\.45032835,0\.00928836,-0\.01975479,0\.00427372,0\.252906278\]/);
  assert.equal(sql("SELECT identifier FROM gpkg_contents WHERE table_name = 'parcel'"), 'Thửa đất');
  assert.equal(sql('SELECT count(*) FROM rtree_parcel_geom'), sql('SELECT count(*) FROM parcel WHERE geom IS NOT NULL'));
  assert.equal(sql("SELECT type FROM pragma_table_info('parcel') WHERE name = 'valid_from'"), 'DATE');
});

test('a shapefile has names of ten characters, each for one, and says for which; its texts are UTF-8', async () => {
  await exported(folder, at('s.zip'), 'parcel');
  const inside = name => execFileSync('unzip', ['-p', at('s.zip'), name]).toString('utf8');
  assert.equal(inside('parcel.cpg').trim(), 'UTF-8');
  const [, ...rows] = cells(inside('parcel.fields.csv').slice(1));
  assert.equal(new Set(rows.map(row => row[0].toLowerCase())).size, rows.length);
  for (const [name, full] of rows) assert.ok(name.length <= 10 && (short[full] ?? full) === name, name);
  await exported(folder, at('parts.shp'), 'parcel');
  assert.deepEqual(readdirSync(city.folder).filter(name => name.startsWith('parts.')).sort(), ['parts.cpg', 'parts.dbf', 'parts.fields.csv', 'parts.prj', 'parts.shp', 'parts.shx']);
});

test('a ward, a box and a drawn area choose records, which stay whole', async () => {
  const all = await itemsOf('parcel'), ward = all[5].properties.unit_now_id;
  const inWard = all.filter(one => one.properties.unit_now_id === ward).map(one => one.id).sort((a, b) => a - b);
  assert.ok(inWard.length);
  const ids = async (...words) => (await exported(folder, at('some.gpkg'), 'parcel', '--crs', '4326', ...words), gdal(at('some.gpkg')).map(one => one.id));
  assert.deepEqual(await ids('--unit', String(ward)), inWard);
  const corner = all[100].geometry.coordinates[0][0][0], box = [corner[0] - 0.0004, corner[1] - 0.0003, corner[0] + 0.0004, corner[1] + 0.0005];
  const inBox = (await itemsOf('parcel', `&bbox=${box}`)).filter(one => one.geometry).map(one => one.id);
  assert.ok(inBox.length > 2 && inBox.length < all.length / 2);
  assert.deepEqual(await ids('--bbox', box.join()), inBox);
  const polygon = {type: 'Polygon', coordinates: [[[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]], [box[0], box[1]]]]};
  await writeFile(at('area.geojson'), JSON.stringify({type: 'FeatureCollection', features: [{type: 'Feature', properties: {}, geometry: polygon}]}));
  assert.deepEqual(await ids('--area', at('area.geojson')), inBox);
  // A triangle of half the box: what only lies in the box of it is left out.
  polygon.coordinates[0].splice(2, 1);
  await writeFile(at('area.geojson'), JSON.stringify(polygon));
  const inHalf = await ids('--area', at('area.geojson'));
  assert.ok(inHalf.length && inHalf.length < inBox.length && inHalf.every(id => inBox.includes(id)));
});

test('an empty choice is a file without records, in each format', async () => {
  for (const format of FORMATS) {
    const report = await exported(folder, at(`none.${format}`), 'parcel', '--bbox', '106.5,10.5,106.5001,10.5001');
    assert.equal(report.rows, 0);
    if (format === 'csv') assert.equal(csvFeatures(at('none.csv')).length, 0);
    else assert.equal(gdal(format === 'zip' ? `/vsizip/${at('none.zip')}` : at(`none.${format}`)).length, 0, format);
  }
});

test('as of a day in law, and as the register was', async () => {
  const officer = await person(folder, 'lan', 'officer'), before = new Date(Date.now() - 1).toISOString();
  const patch = await city.get('/ogc/collections/parcel/items/7', {method: 'PATCH', headers: {...officer, 'content-type': 'application/merge-patch+json', 'if-match': '"v1"'},
    body: JSON.stringify({properties: {land_use: 'SKC', valid_from: '1899-12-31'}})});
  assert.equal(patch.status, 204, await patch.text());
  const seen = async (...words) => (await exported(folder, at('dated.gpkg'), 'parcel', '--crs', '4326', ...words), gdal(at('dated.gpkg')).find(one => one.id === 7).properties);
  const shown = async query => (await (await city.get(`/ogc/collections/parcel/items/7?${query}`)).json()).properties;
  assert.equal((await seen()).land_use, 'SKC');
  assert.equal(date((await seen()).valid_from), '1899-12-31');
  for (const words of [['datetime', '1899-12-30'], ['datetime', '1899-12-31'], ['recorded', before]])
    assert.equal((await seen(`--${words[0]}`, words[1])).land_use, (await shown(`${words[0]}=${encodeURIComponent(words[1])}`)).land_use, words.join(' '));
  for (const format of FORMATS) {
    await exported(folder, at(`old.${format}`), 'parcel', '--datetime', '2020-01-01');
    assert.equal(records(read(at(`old.${format}`), format), ['valid_from'], loose(format)).find(one => one[0] === 7)[1].valid_from, '1899-12-31', format);
  }
});

test('what stands in the way is told, and nothing is left behind', async () => {
  const refused = async (code, exit, ...words) => {
    const said = await dothi('export', folder, ...words, '--json');
    assert.equal(said.code, exit, said.stderr);
    assert.equal(JSON.parse(said.stdout).error.code, code);
    assert.doesNotMatch(said.stderr, /sqlite|SELECT|errno|\/tmp/i);
  };
  await writeFile(at('there.gpkg'), 'mine');
  await refused('EXPORT-THERE-01', 73, at('there.gpkg'), '--layer', 'parcel');
  assert.equal(readFileSync(at('there.gpkg'), 'utf8'), 'mine');
  await refused('EXPORT-FORMAT-01', 2, at('x.doc'), '--layer', 'parcel');
  await refused('CMD-LAYER-01', 2, at('x.gpkg'), '--layer', 'nothing');
  await refused('CMD-OPTION-08', 2, at('x.gpkg'));
  await refused('EXPORT-FIELD-01', 65, at('x.gpkg'), '--layer', 'parcel', '--fields', 'parcel_no,secret');
  await refused('EXPORT-UNIT-01', 65, at('x.gpkg'), '--layer', 'parcel', '--unit', '987654');
  await refused('CMD-OPTION-05', 2, at('x.gpkg'), '--layer', 'parcel', '--crs', 'moon');
  await writeFile(at('line.geojson'), JSON.stringify({type: 'LineString', coordinates: [[106, 10], [107, 11]]}));
  await refused('EXPORT-AREA-01', 65, at('x.gpkg'), '--layer', 'parcel', '--area', at('line.geojson'));
  await refused('FILE-WRITE-01', 74, join(city.folder, 'nowhere', 'x.gpkg'), '--layer', 'parcel');
  assert.ok(!existsSync(at('x.gpkg')));
  assert.deepEqual(readdirSync(city.folder).filter(name => name.startsWith('work-')), []);
});

test('only the wished fields are written', async () => {
  await exported(folder, at('few.gpkg'), 'parcel', '--fields', 'parcel_no,uid');
  assert.deepEqual(Object.keys(gdal(at('few.gpkg'))[0].properties), ['parcel_no', 'uid']);
});

test('stopped by Ctrl-C, or with its writing program killed, it leaves nothing and says so', async () => {
  const big = await temporaryFolder(), out = join(big, 'out');
  mkdirSync(out);
  const making = await demo(60000);
  await making.stop();
  const start = () => {
    const child = spawn(program, ['export', join(making.folder, 'city'), join(out, 'all.zip'), '--layer', 'parcel', '--lang', 'en'], {stdio: ['ignore', 'pipe', 'pipe']});
    let talk = '';
    child.stderr.on('data', piece => (talk += piece));
    return {child, ended: new Promise(resolve => child.on('exit', code => resolve({code, talk})))};
  };
  const busy = async () => {
    while (!readdirSync(out).some(name => name.startsWith('work-'))) await new Promise(resolve => setTimeout(resolve, 5));
  };
  const stopped = start();
  await busy();
  stopped.child.kill('SIGINT');
  assert.match((await stopped.ended).talk, /TILE-EXPORT-01/);
  assert.deepEqual(readdirSync(out), []);
  const robbed = start();
  await busy();
  const [helper] = readFileSync(`/proc/${robbed.child.pid}/task/${robbed.child.pid}/children`, 'utf8').trim().split(' ');
  // It has closed its sandbox before it writes the first byte.
  const state = name => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(readFileSync(`/proc/${helper}/status`, 'utf8'))[1];
  while (state('Seccomp') !== '2') await new Promise(resolve => setTimeout(resolve, 2));
  assert.equal(state('NoNewPrivs'), '1');
  assert.equal(state('CapEff'), '0000000000000000');
  process.kill(Number(helper), 'SIGKILL');
  const end = await robbed.ended;
  assert.equal(end.code, 74, end.talk);
  assert.match(end.talk, /EXPORT-STOP-01/);
  assert.deepEqual(readdirSync(out), []);
  await rm(big, {recursive: true});
  await rm(making.folder, {recursive: true});
});

const odd = ['0012', '1/2', '12-3', '=1+1', '+84 123', '-5', '@SUM(A1)', '00000000000000000123', '12345678901234567890', 'TRUE', 'false', "'tis", '="x"', 'tab\tinside', 'two\nlines', '\t=1',
  '1,234.5', '12.5', 'a;b', 'a,b', 'he said "no"', 'nhà 🏠 số 5', 'Đường Nguyễn Huệ'.normalize('NFD'), ' 1', 'x ', 'MAR1', '1e5', '#N/A', '1\n', `=${'1+'.repeat(200)}1`, '9'.repeat(300),
  `'${'='.repeat(300)}`, `${'dài '.repeat(100)}x`, '5 đ', '\u00a0', '%', '15/3/7A Yersin'];

test('odd values, dates and shapes come back through every format, by GDAL and by dothi import', async () => {
  const home = await temporaryFolder(), first = join(home, 'first'), file = name => join(home, name);
  const square = (x, y, d) => [[[x, y], [x + d, y], [x + d, y + d], [x, y + d], [x, y]].map(rounded)];
  const features = odd.map((text, i) => ({type: 'Feature', properties: {map_sheet: text, parcel_no: String(i), land_use: null, area_legal_m2: [0.1, 1e-7, 123456789.125, 1 / 3, 5][i % 5], ghi_chu: text, so: i / 7},
    geometry: i % 9 === 4 ? null : {type: 'Polygon', coordinates: square(106.65 + i * 0.001, 10.97 + i * 0.0001, 0.0005)}}));
  // A bow tie is not valid, and is kept.
  features[1].geometry.coordinates = [[[106.7, 10.9], [106.701, 10.901], [106.701, 10.9], [106.7, 10.901], [106.7, 10.9]]];
  await writeFile(file('odd.geojson'), JSON.stringify({type: 'FeatureCollection', features}));
  await writeFile(file('poles.csv'), 'code,WKT\nT1,POINT Z (106.65 10.97 12.25)\nT2,POINT (106.651 10.97)\nT3,\n');
  await writeFile(file('one.csv'), 'code,WKT\nT1,POINT Z (106.65 10.97 12.25)\n');
  await must('init', first, '--crs', '9210', '--name', 'Thử');
  await must('import', first, file('odd.geojson'), '--layer', 'parcel', '--yes');
  await must('import', first, file('poles.csv'), '--layer', 'light_pole', '--crs', '4326', '--yes');
  await must('import', first, file('one.csv'), '--layer', 'camera', '--crs', '4326', '--yes');
  const names = ['map_sheet', 'parcel_no', 'land_use', 'area_legal_m2'], source = {texts: true};
  const plain = value => (typeof value === 'string' ? value.normalize('NFC') : value);
  const truth = gdal(databaseOf(first), 'parcel');
  assert.deepEqual(truth.map(one => one.properties.map_sheet), odd.map(plain));
  for (const format of FORMATS) {
    const report = await exported(first, file(`odd.${format}`), 'parcel', '--crs', 'working');
    const back = read(file(`odd.${format}`), format), placed = truth.filter(one => format !== 'fgb' || one.geometry);
    assert.deepEqual([report.rows, report.left_out], [placed.length, truth.length - placed.length]);
    if (format === 'zip') {
      // What a table of dBASE cannot hold stands beside it, to the letter.
      const [, ...full] = cells(execFileSync('unzip', ['-p', file('odd.zip'), 'parcel.full_values.csv']).toString('utf8').slice(1));
      assert.equal(full.length, report.lost_values);
      assert.ok(full.length >= 5 && report.lost_ids.length);
      for (const [id, name, text] of full) back.find(one => one.properties.id === Number(id)).properties[short[name] ?? name] = text;
    }
    assert.deepEqual(records(back, [...names, 'source_attributes'], {...loose(format), ...source}), records(placed, [...names, 'source_attributes'], {...loose(format), ...source, id: one => one.id}), format);
    if (format === 'fgb') continue;
    const second = file(`again-${format}`), asked = ['zip', 'csv'].includes(format) ? ['--crs', '9210'] : [];
    await must('init', second, '--crs', '9210', '--name', 'Thử');
    await must('import', second, file(`odd.${format}`), '--layer', 'parcel', '--yes', ...asked);
    const came = gdal(databaseOf(second), 'parcel');
    // Text that a shapefile holds only in part, and its blanks, are what it can give back; in all others nothing is lost.
    const of = (list, one) => records(list, names, {texts: true, blank: true, id: one}).map(([, values, place]) => [format === 'zip' ? {...values, map_sheet: null} : values, format === 'geojson' ? null : place]);
    const order = new Map(truth.map(one => [one.properties.parcel_no, one.id]));
    assert.deepEqual(of(came, one => order.get(one.properties.parcel_no)), of(truth, one => one.id), `import of ${format}`);
    const [sample] = came.filter(one => one.properties.parcel_no === '3');
    const kept = typeof sample.properties.source_attributes === 'string' ? JSON.parse(sample.properties.source_attributes) : sample.properties.source_attributes;
    assert.equal(kept.ghi_chu, '=1+1', format);
    assert.equal(kept.so, 3 / 7, format);
  }
  // Heights: in the geometry where a format can say that one point has none, else in a column.
  for (const format of FORMATS) {
    await exported(first, file(`poles.${format}`), 'light_pole', '--crs', '4326');
    const [one, other, none] = read(file(`poles.${format}`), format).sort((a, b) => (a.properties.code < b.properties.code ? -1 : 1));
    assert.equal(Number(one.geometry.coordinates[2] ?? one.properties.z_m), 12.25, format);
    assert.equal(other.geometry.coordinates[2], undefined, format);
    assert.equal(none?.geometry ?? null, null, format);
    assert.equal(none === undefined, format === 'fgb');
    await exported(first, file(`one.${format}`), 'camera', '--crs', '4326');
    assert.equal(read(file(`one.${format}`), format)[0].geometry.coordinates[2], 12.25, format);
    if (format === 'fgb') continue;
    const second = file(`again-${format}`);
    await must('import', second, file(`poles.${format}`), '--layer', 'light_pole', '--yes', '--crs', '4326');
    const back = gdal(databaseOf(second), 'light_pole');
    assert.equal(back.length, 3);
    if (format !== 'zip') assert.equal(back[0].properties.z_m, 12.25, format);
  }
  // The coordinates as they came: those of the file, to the last digit.
  for (const format of ['gpkg', 'zip', 'fgb', 'csv']) {
    assert.equal((await exported(first, file(`native.${format}`), 'parcel', '--crs', 'native')).epsg, 4326);
    if (format === 'csv') continue;
    const back = read(file(`native.${format}`), format).filter(one => one.geometry);
    assert.deepEqual(records(back, []).map(one => one[2]), features.filter(one => one.geometry).map(one => shape({type: 'MultiPolygon', coordinates: [one.geometry.coordinates]})), format);
  }
  // Records of several zones have no native system together.
  await writeFile(file('zone.csv'), 'map_sheet,WKT\nz,"POLYGON ((600000 1214000,600010 1214000,600010 1214010,600000 1214000))"\n');
  await must('import', first, file('zone.csv'), '--layer', 'parcel', '--crs', '9210', '--yes');
  const mixed = await dothi('export', first, file('mixed.gpkg'), '--layer', 'parcel', '--crs', 'native', '--lang', 'en');
  assert.equal(mixed.code, 65);
  assert.match(mixed.stderr, /EPSG:4326 \(33\), EPSG:9210 \(1\)/);
  await rm(home, {recursive: true});
});

test('a CSV has no cell that Excel takes for something else, and a plain one has the values as they are', async () => {
  const home = await temporaryFolder(), register = join(home, 'city');
  await must('init', register, '--crs', '9210', '--name', 'Thử');
  await writeFile(join(home, 'odd.geojson'), JSON.stringify({type: 'FeatureCollection', features: odd.map(text => ({type: 'Feature', properties: {map_sheet: text}, geometry: null}))}));
  await must('import', register, join(home, 'odd.geojson'), '--layer', 'parcel', '--yes');
  await exported(register, join(home, 'safe.csv'), 'parcel', '--fields', 'map_sheet,uid');
  const [, ...rows] = cells(readFileSync(join(home, 'safe.csv'), 'utf8').slice(1));
  for (const [id, cell, uid] of rows) {
    assert.match(id, /^\d{1,15}$/);
    for (const text of [cell, uid]) {
      const formula = /^="((?:[^"]|"")*)"$/.exec(text);
      if (formula) assert.ok(formula[1].length <= 255 && !/[\x00-\x1f]/.test(formula[1]), text);
      else assert.ok(/^'/.test(text) || (!/^[=+\-@\t\r#]/.test(text) && (/[\x00-\x1f]/.test(text) || text.length > 255 || !/\d/.test(text))), JSON.stringify(text));
    }
  }
  await exported(register, join(home, 'plain.csv'), 'parcel', '--plain', '--fields', 'map_sheet');
  assert.deepEqual(cells(readFileSync(join(home, 'plain.csv'), 'utf8').slice(1)).slice(1).map(row => row[1]), odd.map(text => text.normalize('NFC')));
  await rm(home, {recursive: true});
});
