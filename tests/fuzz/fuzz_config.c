#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/config.h"
#include "base/strbuf.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char folder[CONFIG_TEXT_MAX] = "data", path[64];
	int64_t port = 8080, workers = 2;
	const struct config_setting table[] = {
		{"folder", CONFIG_TEXT, folder, 0, 0},
		{"port", CONFIG_INT, &port, 1, 65535},
		{"workers", CONFIG_INT, &workers, -1, 64},
		{NULL, CONFIG_INT, NULL, 0, 0},
	};
	autofree(strbuf_clear) struct strbuf text = STRBUF(10000);
	struct error err = {0};
	int fd = memfd_create("dothi.conf", 0), rc;

	must(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	rc = config_read(path, table, &err);
	close(fd);
	must(rc == err.code && (rc == 0 || rc == ERR_CONFIG || rc == ERR_TOO_LARGE));
	must(memchr(folder, '\0', sizeof folder) && text_is_utf8(folder, strlen(folder)));
	must(port >= 1 && port <= 65535 && workers >= -1 && workers <= 64);
	error_print(&text, &err, LANG_VI);
	must(text_is_utf8(text.data, text.len));
	return 0;
}
