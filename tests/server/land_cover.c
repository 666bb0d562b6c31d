/*
 * land_cover: what parcels cover, reckoned by GEOS alone: none of our code is in it.
 *
 *	land_cover FILE
 *
 * FILE has a geometry a line, as hexadecimal WKB. Prints: how many, how many are not valid, the sum of
 * their areas, the area of their union, that of its holes.
 */
#include <geos_c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GEOMETRIES_MAX = 1 << 17, LINE_MAX_BYTES = 1 << 20 };

static double area_of(const GEOSGeometry *geometry)
{
	double area = 0;

	return GEOSArea(geometry, &area) ? area : -1;
}

/* The area that the outlines of a union enclose, holes and what lies in them and all. */
static double outline_area(const GEOSGeometry *land)
{
	int count = GEOSGetNumGeometries(land);
	GEOSGeometry **filled = calloc((size_t)count + 1, sizeof *filled), *all, *together;
	double area;

	if (!filled)
		return -1;
	for (int i = 0; i < count; i++)
		filled[i] = GEOSGeom_createPolygon(
			GEOSGeom_clone(GEOSGetExteriorRing(GEOSGetGeometryN(land, i))), NULL, 0);
	all = GEOSGeom_createCollection(GEOS_GEOMETRYCOLLECTION, filled, (unsigned)count);
	together = GEOSUnaryUnion(all);
	area = together ? area_of(together) : -1;
	GEOSGeom_destroy(together);
	GEOSGeom_destroy(all);
	free(filled);
	return area;
}

int main(int argc, char **argv)
{
	static char line[LINE_MAX_BYTES];
	static GEOSGeometry *all[GEOMETRIES_MAX];
	unsigned count = 0, invalid = 0;
	double sum = 0;
	FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
	GEOSGeometry *together, *land;

	if (!file)
		return 2;
	initGEOS(NULL, NULL);
	while (count < GEOMETRIES_MAX && fgets(line, sizeof line, file)) {
		GEOSGeometry *one = GEOSGeomFromHEX_buf((unsigned char *)line, strcspn(line, "\n"));

		if (!one)
			return 3;
		invalid += GEOSisValid(one) != 1;
		sum += area_of(one);
		all[count++] = one;
	}
	fclose(file);
	together = GEOSGeom_createCollection(GEOS_GEOMETRYCOLLECTION, all, count);
	land = GEOSUnaryUnion(together);
	if (!land)
		return 4;
	printf("%u %u %.9f %.9f %.9f\n", count, invalid, sum, area_of(land),
		outline_area(land) - area_of(land));
	GEOSGeom_destroy(land);
	GEOSGeom_destroy(together);
	finishGEOS();
	return 0;
}
