#include "tiles/qr.h"

#include <errno.h>
#include <qrencode.h>

#include "base/banned.h"
#include "base/cleanup.h"
#include "base/messages.h"

AUTOPTR(QRcode, QRcode_free);

static bool is_printable(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return len > 0 && len <= QR_TEXT_MAX;
}

int qr_encode(const char *ascii, struct qr *ret, struct error *err)
{
	size_t len = strnlen(ascii, QR_TEXT_MAX + 1);
	autoptr(QRcode_free) QRcode *code = NULL;

	if (!is_printable(ascii, len))
		return fail_qr_text(err, QR_TEXT_MAX);
	code = QRcode_encodeData((int)len, (const unsigned char *)ascii, 0, QR_ECLEVEL_M);
	if (!code)
		return errno == ENOMEM ? fail_no_memory(err) : fail_internal(err);
	if (code->width > QR_SIZE_MAX)
		return fail_qr_text(err, QR_TEXT_MAX);
	ret->size = code->width;
	for (int row = 0; row < code->width; row++)
		for (int column = 0; column < code->width; column++)
			ret->dark[row][column] = code->data[row * code->width + column] & 1;
	return 0;
}
