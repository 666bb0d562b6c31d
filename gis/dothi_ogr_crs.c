#include <cpl_conv.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "gis/dothi_ogr.h"

#include "base/number.h"
#include "base/text.h"

/*
 * The library's confidence that two systems are one: 100 equal with one name, 90 with a similar
 * name, 70 equal under another name (as many offices rename their zone), 25 not equal.
 */
enum { CONFIDENCE_MIN = 70 };

static int epsg_of(OGRSpatialReferenceH crs)
{
	const char *authority = OSRGetAuthorityName(crs, NULL);
	const char *code = OSRGetAuthorityCode(crs, NULL);
	int64_t number = 0;

	if (!authority || !code)
		return 0;
	/* WGS 84 with the longitude first, as GeoJSON calls it. */
	if (text_equal_nocase(authority, "OGC") && text_equal_nocase(code, "CRS84"))
		return 4326;
	if (!text_equal_nocase(authority, "EPSG"))
		return 0;
	number_parse_int(code, strlen(code), 1, INT32_MAX, &number);
	return (int)number;
}

/* The one system of EPSG that has the same parameters; 0 for none or several. */
static int match_epsg(OGRSpatialReferenceH crs)
{
	int *confidence = NULL, count = 0, found = 0;
	OGRSpatialReferenceH *matches = OSRFindMatches(crs, NULL, &count, &confidence);

	for (int i = 0; i < count; i++) {
		int epsg = confidence[i] >= CONFIDENCE_MIN ? epsg_of(matches[i]) : 0;

		if (epsg && found && epsg != found) {
			found = 0;
			break;
		}
		found = epsg ? epsg : found;
	}
	OSRFreeSRSArray(matches);
	CPLFree(confidence);
	return found;
}

/* True if the second number of a point is the one that grows to the east. */
static bool north_is_first(OGRSpatialReferenceH crs)
{
	int count = 0;
	const int *axes = OSRGetDataAxisToSRSAxisMapping(crs, &count);
	OGRAxisOrientation first = OAO_Other;

	if (count < 2 || axes[0] < 1 || axes[0] > 2)
		return false;
	OSRGetAxis(crs, NULL, axes[0] - 1, &first);
	return first == OAO_North;
}

static const char *keep(struct arena *arena, const char *text, size_t most)
{
	const char *kept = "";

	if (text && strlen(text) <= most && text_is_utf8(text, strlen(text)))
		kept = arena_text(arena, text, strlen(text));
	return kept ? kept : "";
}

/* How a number that the library gives is known. */
static enum crs_source source_of(enum upload_format format, int epsg)
{
	if (!epsg)
		return CRS_SOURCE_NONE;
	/* The .prj of a shapefile has no numbers: the library itself has matched it. */
	if (format == UPLOAD_SHAPEFILE)
		return CRS_SOURCE_MATCHED;
	/* RFC 7946 knows no other; older files may state one. */
	return format == UPLOAD_GEOJSON && epsg == 4326 ? CRS_SOURCE_IMPLIED : CRS_SOURCE_STATED;
}

void source_find_crs(struct source *source)
{
	static const char *const format[] = {"FORMAT=WKT2_2019", "MULTILINE=NO", NULL};
	struct ogr_layer *info = &source->info;
	OGRSpatialReferenceH own = source->layer ? OGR_L_GetSpatialRef(source->layer) : NULL;
	OGRSpatialReferenceH crs = own ? OSRClone(own) : NULL;
	char *wkt = NULL;

	info->crs_name = info->crs_wkt = "";
	/* A local system is drawn on paper only: nobody knows where it lies. */
	if (!crs || OSRIsLocal(crs)) {
		OSRDestroySpatialReference(crs);
		return;
	}
	info->axes_swapped = north_is_first(crs);
	OSRDemoteTo2D(crs, NULL);
	info->epsg = epsg_of(crs);
	info->crs_source = source_of(source->task->format, info->epsg);
	if (!info->epsg) {
		info->epsg = match_epsg(crs);
		info->crs_source = info->epsg ? CRS_SOURCE_MATCHED : CRS_SOURCE_NONE;
	}
	info->crs_name = keep(&source->arena, OSRGetName(crs), OGR_NAME_MAX);
	if (OSRExportToWktEx(crs, &wkt, format) == OGRERR_NONE)
		info->crs_wkt = keep(&source->arena, wkt, OGR_CRS_WKT_MAX);
	CPLFree(wkt);
	OSRDestroySpatialReference(crs);
}
