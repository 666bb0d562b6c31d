/* What was added to a paper, by whoever says that he signed it. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "tiles/pdf.h"
#include "tiles/pdf_revision.h"

/* The paper, made once. */
static struct strbuf paper = {strbuf_empty, 0, 0, PDF_BYTES_MAX, false, false};

static void make_paper(void)
{
	const struct pdf_about about = {"Giấy thử", 0};
	struct pdf *pdf = NULL;

	must(!pdf_new(&about, &pdf, NULL) && !pdf_finish(pdf, &paper, NULL));
	must(!pdf_add_language(&paper, NULL));
	pdf_free(pdf);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct pdf_signature found = {.der = STRBUF(PDF_SIGNATURE_BYTES)};
	autofree(strbuf_clear) struct strbuf file = STRBUF(PDF_BYTES_MAX);
	struct slice before;
	int rc;

	if (!paper.len)
		make_paper();
	before = (struct slice){paper.data, paper.len};
	strbuf_add(&file, paper.data, paper.len);
	strbuf_add(&file, bytes, len);
	rc = pdf_find_signature((struct slice){file.data, file.len}, before, &found, NULL);
	must(rc == 0 || rc == ERR_INVALID);
	if (!rc)
		must(found.covered[0].at == file.data && found.covered[0].len >= paper.len &&
			found.covered[1].at + found.covered[1].len == file.data + file.len);
	strbuf_clear(&found.der);
	return 0;
}
