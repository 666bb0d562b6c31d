noinst_LIBRARIES += data/libdata.a

data_libdata_a_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(SPATIALITE_CFLAGS)
data_libdata_a_SOURCES = \
	%D%/blob.c %D%/blob.h \
	%D%/change.c %D%/change.h \
	%D%/city.c %D%/city.h \
	%D%/city_layers.c \
	%D%/counter.c %D%/counter.h \
	%D%/feature.c %D%/feature.h \
	%D%/feature_read.c %D%/feature_read.h \
	%D%/feature_table.c %D%/feature_table.h \
	%D%/feature_write.c %D%/feature_write.h \
	%D%/job.c %D%/job.h \
	%D%/job_runner.c %D%/job_runner.h \
	%D%/layer.c %D%/layer.h \
	%D%/migrate.c %D%/migrate.h \
	%D%/register.c %D%/register.h \
	%D%/spatialite_blob.c %D%/spatialite_blob.h \
	%D%/store.c %D%/store.h %D%/store_driver.h \
	%D%/store_spatialite.c %D%/store_spatialite.h \
	%D%/store_sqlite.c \
	%D%/writer.c %D%/writer.h
nodist_data_libdata_a_SOURCES = %D%/migrations_rows.h

DATA_LIBS = data/libdata.a $(SQLITE_LIBS) $(SPATIALITE_LIBS) $(BASE_LIBS)

# The numbered steps in C.
migrations = %D%/migrations/0001_core.sql %D%/migrations/0004_jobs.sql
data/migrations_rows.h: $(migrations) $(srcdir)/build-aux/migrations.awk
	$(AM_V_GEN)mkdir -p data && cd $(srcdir) && $(AWK) -f build-aux/migrations.awk $(migrations) >$(abs_builddir)/$@.new && mv $(abs_builddir)/$@.new $(abs_builddir)/$@
BUILT_SOURCES += %D%/migrations_rows.h
CLEANFILES += %D%/migrations_rows.h
EXTRA_DIST += %D%/README $(migrations) build-aux/migrations.awk

# What the sample city is made from.
EXTRA_DIST += %D%/sample/README %D%/sample/LICENSE-censusVN2009 \
	%D%/sample/thu-dau-mot-wards-2009.geojson
