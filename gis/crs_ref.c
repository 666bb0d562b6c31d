#include "gis/crs_ref.h"

#include "base/number.h"
#include "base/text.h"

const struct crs_ref crs84 = {CRS_WGS84, false, true};

/* The code behind a prefix, or 0. */
static int code_behind(struct slice text, const char *prefix)
{
	size_t len = strlen(prefix);
	int64_t code = 0;

	if (text.len <= len || strncmp(text.at, prefix, len) != 0)
		return 0;
	number_parse_int(text.at + len, text.len - len, 1, CRS_EPSG_MAX, &code);
	return (int)code;
}

bool crs_ref_parse(struct crs_context *context, const char *text, struct crs_ref *ret_ref)
{
	static const char *const names84[] = {"http://www.opengis.net/def/crs/OGC/1.3/CRS84",
		"https://www.opengis.net/def/crs/OGC/1.3/CRS84",
		"http://www.opengis.net/def/crs/OGC/0/CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84",
		"urn:ogc:def:crs:OGC::CRS84", "OGC:CRS84", "CRS:84", "CRS84"};
	static const char *const prefixes[] = {"http://www.opengis.net/def/crs/EPSG/0/",
		"https://www.opengis.net/def/crs/EPSG/0/", "urn:ogc:def:crs:EPSG::", "EPSG:"};
	struct slice inner = {text, strlen(text)};
	struct crs_info info;

	if (inner.len > 2 && text[0] == '[' && text[inner.len - 1] == ']')
		inner = (struct slice){text + 1, inner.len - 2};
	for (size_t i = 0; i < sizeof names84 / sizeof names84[0]; i++) {
		if (slice_equals(inner, names84[i])) {
			*ret_ref = crs84;
			return true;
		}
	}
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		int code = code_behind(inner, prefixes[i]);

		if (!code)
			continue;
		if (crs_describe(context, code, &info, NULL))
			return false;
		*ret_ref = (struct crs_ref){code, info.north_first, false};
		return true;
	}
	return false;
}

void crs_ref_print(struct strbuf *out, const struct crs_ref *ref)
{
	if (ref->crs84)
		strbuf_add_text(out, "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
	else
		strbuf_add_format(out, "http://www.opengis.net/def/crs/EPSG/0/%d", ref->epsg);
}

void crs_ref_order(const struct crs_ref *ref, double *xy, size_t count)
{
	if (!ref->north_first)
		return;
	for (size_t i = 0; i < count; i++) {
		double first = xy[2 * i];

		xy[2 * i] = xy[2 * i + 1];
		xy[2 * i + 1] = first;
	}
}
