# One cmocka program a module, in the folder that mirrors the module's. A program links only the
# archives at or below its layer ($(BASE_LIBS), $(DATA_LIBS), ...): an upward call does not link.
EXTRA_DIST += %D%/README %D%/adding %D%/bare-debian.sh %D%/city %D%/distcheck.sh %D%/http %D%/limits %D%/postgres %D%/qgis
dist_check_DATA += %D%/random.h %D%/test.h

include tests/base/local.mk
include tests/data/local.mk
include tests/gis/local.mk
include tests/tiles/local.mk
include tests/server/local.mk
include tests/bench/local.mk
include tests/web/local.mk
include tests/fault/local.mk
include tests/fuzz/local.mk
include tests/golden/local.mk
include tests/guards/local.mk
