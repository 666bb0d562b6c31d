#include "tiles/qr.h"

#include <qrencode.h>

#include "base/cleanup.h"
#include "base/messages.h"

enum { VERSION_MAX = 10 };

AUTOPTR(QRcode, QRcode_free);

int qr_make(const char *text, struct qr *ret_qr, struct error *err)
{
	autoptr(QRcode_free) QRcode *code = NULL;

	for (const char *at = text; *at; at++)
		if (*at < ' ' || *at > '~')
			return fail_paper_address(err, text);
	code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	if (!code || code->version > VERSION_MAX)
		return fail_paper_address(err, text);
	ret_qr->side = code->width;
	for (int i = 0; i < code->width * code->width; i++)
		ret_qr->dark[i] = code->data[i] & 1;
	return 0;
}
