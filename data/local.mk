noinst_LIBRARIES += data/libdata.a

data_libdata_a_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(SPATIALITE_CFLAGS) $(POSTGRES_CFLAGS)
data_libdata_a_SOURCES = \
	%D%/access_log.c %D%/access_log.h \
	%D%/account.c %D%/account.h \
	%D%/account_scope.c %D%/account_scope.h \
	%D%/address.c %D%/address.h \
	%D%/agenda.c %D%/agenda.h \
	%D%/audit.c %D%/audit.h \
	%D%/audit_people.c %D%/audit_people.h \
	%D%/blob.c %D%/blob.h \
	%D%/certificate.c %D%/certificate.h \
	%D%/change.c %D%/change.h \
	%D%/city.c %D%/city.h \
	%D%/city_layers.c \
	%D%/city_rules.c \
	%D%/conflict.c %D%/conflict.h \
	%D%/copy.c %D%/copy.h \
	%D%/counter.c %D%/counter.h \
	%D%/dossier.c %D%/dossier.h \
	%D%/dossier_kind.c %D%/dossier_kind.h \
	%D%/dossier_list.c %D%/dossier_list.h \
	%D%/dossier_paper.c %D%/dossier_paper.h \
	%D%/ewkb.c %D%/ewkb.h \
	%D%/feature.c %D%/feature.h \
	%D%/feature_link.c %D%/feature_link.h \
	%D%/feature_read.c %D%/feature_read.h \
	%D%/feature_row.c %D%/feature_row.h \
	%D%/feature_table.c %D%/feature_table.h \
	%D%/partition.c %D%/partition.h \
	%D%/feature_write.c %D%/feature_write.h \
	%D%/feed.c %D%/feed.h \
	%D%/history.c %D%/history.h \
	%D%/house_number.c %D%/house_number.h \
	%D%/id_list.c %D%/id_list.h \
	%D%/job.c %D%/job.h \
	%D%/job_runner.c %D%/job_runner.h \
	%D%/land_use.c %D%/land_use.h \
	%D%/land_number.c %D%/land_number.h \
	%D%/layer.c %D%/layer.h %D%/layer_roles.h \
	%D%/lineage.c %D%/lineage.h \
	%D%/login.c %D%/login.h \
	%D%/migrate.c %D%/migrate.h \
	%D%/one_time_link.c %D%/one_time_link.h \
	%D%/password.c %D%/password.h \
	%D%/person.c %D%/person.h \
	%D%/query.c %D%/query.h \
	%D%/receipt.c %D%/receipt.h \
	%D%/record_lock.c %D%/record_lock.h \
	%D%/register.c %D%/register.h \
	%D%/revision.c %D%/revision.h \
	%D%/rights.c %D%/rights.h \
	%D%/role.c %D%/role.h \
	%D%/rule.c %D%/rule.h \
	%D%/scheme.c %D%/scheme.h \
	%D%/search_sum.c %D%/search_sum.h \
	%D%/seal.c %D%/seal.h \
	%D%/search.c %D%/search.h \
	%D%/search_build.c %D%/search_build.h \
	%D%/search_finder.h %D%/search_understand.c \
	%D%/search_index.c %D%/search_index.h \
	%D%/search_names.c \
	%D%/search_numbers.c \
	%D%/search_rank.c %D%/search_rank.h \
	%D%/search_words.c %D%/search_words.h \
	%D%/session.c %D%/session.h \
	%D%/spatialite_blob.c %D%/spatialite_blob.h \
	%D%/store.c %D%/store.h %D%/store_driver.h \
	%D%/store_postgis.c %D%/store_postgis.h \
	%D%/store_postgres.c %D%/store_postgres.h %D%/store_postgres_bind.c %D%/store_postgres_ahead.c %D%/store_postgres_ahead.h \
	%D%/store_postgres_copy.c %D%/store_postgres_health.c %D%/store_postgres_link.c %D%/store_postgres_news.c %D%/store_postgres_query.c \
	%D%/store_postgres_row.c %D%/store_postgres_text.c %D%/store_postgres_text.h \
	%D%/store_postgres_server.h %D%/store_postgres_values.h \
	%D%/store_spatialite.c %D%/store_spatialite.h \
	%D%/store_sqlite.c %D%/store_sqlite_boxes.c %D%/store_sqlite_boxes.h \
	%D%/store_sqlite_ids.c %D%/store_sqlite_ids.h %D%/store_sqlite_row.c %D%/store_sqlite_row.h \
	%D%/token.c %D%/token.h \
	%D%/transaction.c %D%/transaction.h \
	%D%/view.c %D%/view.h \
	%D%/work_calendar.c %D%/work_calendar.h \
	%D%/writer.c %D%/writer.h
nodist_data_libdata_a_SOURCES = %D%/migrations_rows.h %D%/common_passwords.h

DATA_LIBS = data/libdata.a $(SQLITE_LIBS) $(SPATIALITE_LIBS) $(POSTGRES_LIBS) -lm $(BASE_LIBS)

# The numbered steps in C.
migrations = %D%/migrations/0001_core.sql %D%/migrations/0002_history.sql \
	%D%/migrations/0003_people.sql %D%/migrations/0004_jobs.sql \
	%D%/migrations/0005_editing.sql %D%/migrations/0006_unsampled.sql \
	%D%/migrations/0007_land.sql %D%/migrations/0008_search.sql \
	%D%/migrations/0009_numbering.sql %D%/migrations/0010_certificate.sql \
	%D%/migrations/0011_dossier.sql
data/migrations_rows.h: $(migrations) $(srcdir)/build-aux/migrations.awk
	$(AM_V_GEN)mkdir -p data && cd $(srcdir) && $(AWK) -f build-aux/migrations.awk $(migrations) >$(abs_builddir)/$@.new && mv $(abs_builddir)/$@.new $(abs_builddir)/$@
BUILT_SOURCES += %D%/migrations_rows.h
CLEANFILES += %D%/migrations_rows.h
EXTRA_DIST += %D%/README $(migrations) build-aux/migrations.awk

# The passwords that nobody may choose, sorted to be looked up.
data/common_passwords.h: $(srcdir)/%D%/common_passwords.txt
	$(AM_V_GEN)mkdir -p data && sed '/^#/d' $(srcdir)/data/common_passwords.txt | LC_ALL=C sort -u | sed 's/["\]/\&/g; s/.*/"&",/' >$@.new && mv $@.new $@
BUILT_SOURCES += %D%/common_passwords.h
CLEANFILES += %D%/common_passwords.h
EXTRA_DIST += %D%/common_passwords.txt %D%/LICENSE-zxcvbn

# What the sample city is made from.
EXTRA_DIST += %D%/sample/README %D%/sample/LICENSE-censusVN2009 \
	%D%/sample/LICENSE-vietnamese-provinces-database \
	%D%/sample/thu-dau-mot-wards-2009.geojson %D%/sample/thu-dau-mot-wards-2025.geojson
