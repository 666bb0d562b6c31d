data_tests = \
	%D%/test_access_log \
	%D%/test_account \
	%D%/test_account_scope \
	%D%/test_audit \
	%D%/test_blob \
	%D%/test_certificate \
	%D%/test_change \
	%D%/test_city \
	%D%/test_counter \
	%D%/test_dossier \
	%D%/test_ewkb \
	%D%/test_feature_read \
	%D%/test_feature_table \
	%D%/test_feature_write \
	%D%/test_house_number \
	%D%/test_job \
	%D%/test_job_runner \
	%D%/test_layer \
	%D%/test_login \
	%D%/test_migrate \
	%D%/test_one_time_link \
	%D%/test_partition \
	%D%/test_password \
	%D%/test_person \
	%D%/test_register \
	%D%/test_revision \
	%D%/test_role \
	%D%/test_address %D%/test_rule \
	%D%/test_search_rank \
	%D%/test_session \
	%D%/test_spatialite_blob \
	%D%/test_store \
	%D%/test_store_postgres \
	%D%/test_store_postgres_text \
	%D%/test_token \
	%D%/test_work_calendar \
	%D%/test_writer
check_PROGRAMS += $(data_tests)
DATA_TEST_LIBS = $(DATA_LIBS) $(CMOCKA_LIBS)
DATA_TEST_CODE = tests/data/small_register.c tests/data/small_register.h \
	tests/data/dialect.c tests/data/dialect.h
OLD_REGISTER_CODE = tests/data/old_register.c tests/data/old_register.h
PEOPLE_TEST_CODE = tests/data/people.c tests/data/people.h $(DATA_TEST_CODE)
DATA_TEST_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(SPATIALITE_CFLAGS)

tests_data_test_audit_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_audit_SOURCES = %D%/test_audit.c $(OLD_REGISTER_CODE) $(DATA_TEST_CODE)
tests_data_test_audit_LDADD = $(DATA_TEST_LIBS)
tests_data_test_access_log_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_access_log_SOURCES = %D%/test_access_log.c $(PEOPLE_TEST_CODE)
tests_data_test_access_log_LDADD = $(DATA_TEST_LIBS)
tests_data_test_account_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_account_SOURCES = %D%/test_account.c $(PEOPLE_TEST_CODE)
tests_data_test_account_LDADD = $(DATA_TEST_LIBS)
tests_data_test_account_scope_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_account_scope_SOURCES = %D%/test_account_scope.c $(PEOPLE_TEST_CODE)
tests_data_test_account_scope_LDADD = $(DATA_TEST_LIBS)
tests_data_test_blob_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_blob_SOURCES = %D%/test_blob.c $(DATA_TEST_CODE)
tests_data_test_blob_LDADD = $(DATA_TEST_LIBS)
tests_data_test_certificate_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_certificate_SOURCES = %D%/test_certificate.c $(DATA_TEST_CODE)
tests_data_test_certificate_LDADD = $(DATA_TEST_LIBS)
tests_data_test_change_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_change_SOURCES = %D%/test_change.c $(DATA_TEST_CODE)
tests_data_test_change_LDADD = $(DATA_TEST_LIBS)
tests_data_test_city_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_city_SOURCES = %D%/test_city.c $(DATA_TEST_CODE)
tests_data_test_city_LDADD = $(DATA_TEST_LIBS)
tests_data_test_counter_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_counter_SOURCES = %D%/test_counter.c $(DATA_TEST_CODE)
tests_data_test_counter_LDADD = $(DATA_TEST_LIBS)
tests_data_test_partition_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_partition_SOURCES = %D%/test_partition.c $(DATA_TEST_CODE)
tests_data_test_partition_LDADD = $(DATA_TEST_LIBS)
tests_data_test_dossier_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_dossier_SOURCES = %D%/test_dossier.c $(PEOPLE_TEST_CODE)
tests_data_test_dossier_LDADD = $(DATA_TEST_LIBS)
tests_data_test_work_calendar_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_work_calendar_SOURCES = %D%/test_work_calendar.c $(DATA_TEST_CODE)
tests_data_test_work_calendar_LDADD = $(DATA_TEST_LIBS)
tests_data_test_ewkb_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_ewkb_SOURCES = %D%/test_ewkb.c
tests_data_test_ewkb_LDADD = $(DATA_TEST_LIBS)
tests_data_test_feature_read_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_feature_read_SOURCES = %D%/test_feature_read.c $(DATA_TEST_CODE)
tests_data_test_feature_read_LDADD = $(DATA_TEST_LIBS)
tests_data_test_feature_table_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_feature_table_SOURCES = %D%/test_feature_table.c $(DATA_TEST_CODE)
tests_data_test_feature_table_LDADD = $(DATA_TEST_LIBS)
tests_data_test_feature_write_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_feature_write_SOURCES = %D%/test_feature_write.c $(DATA_TEST_CODE)
tests_data_test_feature_write_LDADD = $(DATA_TEST_LIBS)
tests_data_test_house_number_SOURCES = %D%/test_house_number.c
tests_data_test_house_number_LDADD = $(DATA_TEST_LIBS)
tests_data_test_job_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_job_SOURCES = %D%/test_job.c $(DATA_TEST_CODE)
tests_data_test_job_LDADD = $(DATA_TEST_LIBS)
tests_data_test_job_runner_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_job_runner_SOURCES = %D%/test_job_runner.c $(DATA_TEST_CODE)
tests_data_test_job_runner_LDADD = $(DATA_TEST_LIBS)
tests_data_test_layer_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_layer_SOURCES = %D%/test_layer.c
tests_data_test_layer_LDADD = $(DATA_TEST_LIBS)
tests_data_test_login_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_login_SOURCES = %D%/test_login.c $(PEOPLE_TEST_CODE)
tests_data_test_login_LDADD = $(DATA_TEST_LIBS)
tests_data_test_migrate_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_migrate_SOURCES = %D%/test_migrate.c $(DATA_TEST_CODE)
tests_data_test_migrate_LDADD = $(DATA_TEST_LIBS)
tests_data_test_one_time_link_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_one_time_link_SOURCES = %D%/test_one_time_link.c $(PEOPLE_TEST_CODE)
tests_data_test_one_time_link_LDADD = $(DATA_TEST_LIBS)
tests_data_test_password_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_password_SOURCES = %D%/test_password.c
tests_data_test_password_LDADD = $(DATA_TEST_LIBS)
tests_data_test_person_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_person_SOURCES = %D%/test_person.c $(PEOPLE_TEST_CODE)
tests_data_test_person_LDADD = $(DATA_TEST_LIBS)
tests_data_test_register_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_register_SOURCES = %D%/test_register.c $(DATA_TEST_CODE)
tests_data_test_register_LDADD = $(DATA_TEST_LIBS)
tests_data_test_search_rank_SOURCES = %D%/test_search_rank.c
tests_data_test_search_rank_LDADD = $(DATA_TEST_LIBS)
tests_data_test_revision_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_revision_SOURCES = %D%/test_revision.c $(DATA_TEST_CODE)
tests_data_test_revision_LDADD = $(DATA_TEST_LIBS)
tests_data_test_role_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_address_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_address_SOURCES = %D%/test_address.c $(DATA_TEST_CODE)
tests_data_test_address_LDADD = $(DATA_TEST_LIBS)
tests_data_test_rule_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_rule_SOURCES = %D%/test_rule.c $(DATA_TEST_CODE)
tests_data_test_rule_LDADD = $(DATA_TEST_LIBS)
tests_data_test_role_SOURCES = %D%/test_role.c
tests_data_test_role_LDADD = $(DATA_TEST_LIBS)
tests_data_test_session_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_session_SOURCES = %D%/test_session.c $(PEOPLE_TEST_CODE)
tests_data_test_session_LDADD = $(DATA_TEST_LIBS)
tests_data_test_spatialite_blob_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_spatialite_blob_SOURCES = %D%/test_spatialite_blob.c
tests_data_test_spatialite_blob_LDADD = $(DATA_TEST_LIBS)
tests_data_test_store_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_store_SOURCES = %D%/test_store.c $(DATA_TEST_CODE)
tests_data_test_store_LDADD = $(DATA_TEST_LIBS)
tests_data_test_store_postgres_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_store_postgres_SOURCES = %D%/test_store_postgres.c $(DATA_TEST_CODE)
tests_data_test_store_postgres_LDADD = $(DATA_TEST_LIBS)
tests_data_test_store_postgres_text_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_store_postgres_text_SOURCES = %D%/test_store_postgres_text.c
tests_data_test_store_postgres_text_LDADD = $(DATA_TEST_LIBS)
tests_data_test_token_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_token_SOURCES = %D%/test_token.c $(PEOPLE_TEST_CODE)
tests_data_test_token_LDADD = $(DATA_TEST_LIBS)
tests_data_test_writer_CFLAGS = $(DATA_TEST_CFLAGS)
tests_data_test_writer_SOURCES = %D%/test_writer.c $(DATA_TEST_CODE)
tests_data_test_writer_LDADD = $(DATA_TEST_LIBS)

# Not a test by itself: it tells check_layer_ids.sh what the layers are.
EXTRA_PROGRAMS += %D%/list_layers
CLEANFILES += %D%/list_layers$(EXEEXT)
tests_data_list_layers_SOURCES = %D%/list_layers.c
tests_data_list_layers_LDADD = $(DATA_LIBS)
dist_check_SCRIPTS += %D%/check_layer_ids.sh
tests/data/check_layer_ids.log: tests/data/list_layers$(EXEEXT)
