bin_PROGRAMS += dothi

dothi_CPPFLAGS = $(AM_CPPFLAGS) -DLIBEXEC_DIR=\"$(libexecdir)\" -DDATA_DIR=\"$(pkgdatadir)\"
dothi_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS)
dothi_SOURCES = \
	%D%/scheme_json.c %D%/scheme_json.h %D%/schemes_api.c \
	%D%/addresses_api.c %D%/numbering_input.c %D%/numbering_input.h %D%/numbering_json.c %D%/numbering_json.h \
	%D%/address_files_api.c \
	%D%/admin_api.c \
	%D%/administrator.c %D%/administrator.h \
	%D%/api_words.h \
	%D%/app.c %D%/app.h \
	%D%/asker.c %D%/asker.h \
	%D%/box_search.c %D%/box_search.h \
	%D%/cases/address_import.c %D%/cases/address_import.h \
	%D%/cases/address_record.c %D%/cases/address_record.h \
	%D%/cases/addresses.c %D%/cases/addresses.h %D%/cases/addresses_run.c \
	%D%/cases/audit_job.c %D%/cases/audit_job.h \
	%D%/cases/audit_json.c %D%/cases/audit_json.h \
	%D%/cases/city_numbering.c %D%/cases/city_numbering.h \
	%D%/cases/export.c %D%/cases/export.h \
	%D%/cases/export_job.c %D%/cases/export_job.h \
	%D%/cases/certificate.c %D%/cases/certificate.h %D%/cases/certificate_sign.c \
	%D%/cases/certificate_facts.c %D%/cases/certificate_facts.h \
	%D%/cases/certificate_paper.c %D%/cases/certificate_paper.h \
	%D%/cases/certificate_scene.c %D%/cases/certificate_scene.h \
	%D%/cases/edit.c %D%/cases/edit.h \
	%D%/cases/address_exchange.c %D%/cases/address_exchange.h \
	%D%/cases/plates.c %D%/cases/plates.h \
	%D%/cases/network.c %D%/cases/network.h %D%/cases/network_change.c %D%/cases/network_json.c \
	%D%/cases/land.c %D%/cases/land.h %D%/cases/land_prepare.c \
	%D%/cases/dossier_work.c %D%/cases/dossier_work.h \
	%D%/cases/unit_reform.c %D%/cases/unit_reform.h \
	%D%/cases/number_conflicts.c %D%/cases/number_conflicts.h \
	%D%/cases/numbering_rules.c %D%/cases/numbering_rules.h \
	%D%/cases/proposal.c %D%/cases/proposal.h \
	%D%/cases/quarter.c %D%/cases/quarter.h \
	%D%/cases/relabel.c %D%/cases/relabel.h \
	%D%/cases/schemes.c %D%/cases/schemes.h %D%/cases/schemes_run.c \
	%D%/cases/street_houses.c %D%/cases/street_houses.h \
	%D%/cases/streets.c %D%/cases/streets.h \
	%D%/cases/tools.h \
	%D%/cases/people.c %D%/cases/people.h \
	%D%/cases/people_json.c %D%/cases/people_json.h \
	%D%/certificate_json.c %D%/certificate_json.h \
	%D%/certificates_api.c \
	%D%/chores.c %D%/chores.h \
	%D%/city_api.c \
	%D%/changes_api.c \
	%D%/collections_api.c \
	%D%/conflicts_api.c \
	%D%/commands/audit.c \
	%D%/commands/certificate.c \
	%D%/commands/city.c %D%/commands/city.h \
	%D%/commands/command.c %D%/commands/command.h \
	%D%/commands/demo_dossiers.c %D%/commands/demo_dossiers.h \
	%D%/commands/demo_alleys.c %D%/commands/demo_alleys.h \
	%D%/commands/demo_numbers.c %D%/commands/demo_numbers.h \
	%D%/commands/demo_reform.c %D%/commands/demo_reform.h \
	%D%/commands/demo.c \
	%D%/commands/desk.c %D%/commands/desk.h \
	%D%/commands/doctor.c \
	%D%/commands/dossier.c \
	%D%/commands/export.c \
	%D%/commands/import.c \
	%D%/commands/copy.c \
	%D%/commands/init.c \
	%D%/commands/listing.c %D%/commands/listing.h \
	%D%/commands/own_desk.c %D%/commands/own_desk.h \
	%D%/commands/scope_options.c %D%/commands/scope_options.h \
	%D%/commands/person.c \
	%D%/commands/serve.c %D%/commands/serve.h \
	%D%/commands/search.c \
	%D%/commands/tile.c \
	%D%/commands/tiles_export.c \
	%D%/commands/units.c \
	%D%/commands/number.c %D%/commands/number_desk.c %D%/commands/number_desk.h %D%/commands/number_import.c %D%/commands/number_scheme.c %D%/commands/number_survey.c \
	%D%/commands/number_export.c \
	%D%/commands/number_network.c \
	%D%/commands/number_ward.c %D%/commands/number_ward.h \
	%D%/commands/parcel.c \
	%D%/commands/user.c %D%/commands/user.h \
	%D%/commands/user_add.c \
	%D%/commands/user_scope.c \
	%D%/commands/user_token.c \
	%D%/content.c %D%/content.h \
	%D%/control.c %D%/control.h \
	%D%/control_client.c %D%/control_client.h \
	%D%/control_wire.c %D%/control_wire.h \
	%D%/deadline.c %D%/deadline.h \
	%D%/dossier_json.c %D%/dossier_json.h \
	%D%/dossier_papers_api.c \
	%D%/dossier_sight.c %D%/dossier_sight.h \
	%D%/dossiers_api.c \
	%D%/edits_api.c %D%/edits_api.h \
	%D%/export_files.c %D%/export_files.h \
	%D%/events.c %D%/events.h \
	%D%/feature_input.c %D%/feature_input.h \
	%D%/feature_json.c %D%/feature_json.h \
	%D%/features_api.c \
	%D%/follow.c %D%/follow.h \
	%D%/health_api.c \
	%D%/http.c %D%/http.h \
	%D%/http_headers.c %D%/http_headers.h \
	%D%/http_message.c %D%/http_message.h \
	%D%/land_input.c %D%/land_input.h %D%/land_json.c %D%/land_json.h %D%/lineage_api.c %D%/lineage_json.c %D%/lineage_json.h %D%/parcel_api.c %D%/plan_api.c %D%/parcels_api.c %D%/units_api.c \
	%D%/jobs.c %D%/jobs.h \
	%D%/jobs_api.c \
	%D%/links.c %D%/links.h \
	%D%/live_map.c %D%/live_map.h \
	%D%/map_builder.c %D%/map_builder.h \
	%D%/map_changes.c %D%/map_changes.h \
	%D%/main.c \
	%D%/network_api.c \
	%D%/ogc_params.c %D%/ogc_params.h \
	%D%/openapi.c \
	%D%/page.c %D%/page.h \
	%D%/problem.c %D%/problem.h \
	%D%/receipt_page.c %D%/receipt_page.h \
	%D%/receipts_api.c \
	%D%/request.c %D%/request.h \
	%D%/response.c %D%/response.h \
	%D%/router.c %D%/router.h \
	%D%/routes.c \
	%D%/served.c %D%/served.h \
	%D%/search_answer.c %D%/search_answer.h \
	%D%/search_api.c \
	%D%/search_result.c %D%/search_result.h \
	%D%/session_api.c \
	%D%/settings.c %D%/settings.h \
	%D%/sight.c %D%/sight.h \
	%D%/static_files.c \
	%D%/tokens_api.c \
	%D%/standby.c %D%/standby.h \
	%D%/tail.c %D%/tail.h \
	%D%/tile_news.c %D%/tile_news.h \
	%D%/tile_layers.c %D%/tile_layers.h \
	%D%/tile_wish.c %D%/tile_wish.h \
	%D%/tile_write.c %D%/tile_write.h \
	%D%/tiles_api.c \
	%D%/versions_api.c \
	%D%/worker.c %D%/worker.h
nodist_dothi_SOURCES = %D%/web_assets.S %D%/certificate_template.h
dothi_CCASFLAGS = $(AM_CCASFLAGS) -Wa,-I$(srcdir)/web-map/dist
dothi_LDADD = $(TILES_LIBS) $(MICROHTTPD_LIBS)

# The web map inside the program.
# The empty recipe has make look at them again.
server/web_assets.S server/web_assets.h: server/web_assets.made ;
server/web_assets.made: $(srcdir)/web-map/dist/stamp $(srcdir)/build-aux/embed.sh
	$(AM_V_GEN)mkdir -p server && $(SHELL) $(srcdir)/build-aux/embed.sh $(srcdir)/web-map/dist server/web_assets && touch $@
server/dothi-web_assets.$(OBJEXT): $(srcdir)/web-map/dist/stamp
BUILT_SOURCES += server/web_assets.h
CLEANFILES += server/web_assets.S server/web_assets.h server/web_assets.made
EXTRA_DIST += %D%/README build-aux/embed.sh

# The papers as the program brings them along, line by line.
server/certificate_template.h: $(srcdir)/%D%/templates/certificate.txt
	$(AM_V_GEN)mkdir -p server && { echo 'static const char default_certificate[] =' && sed 's/["\\]/\\&/g; s/.*/"&\\n"/' $(srcdir)/server/templates/certificate.txt && echo ';'; } >$@.new && mv $@.new $@
BUILT_SOURCES += server/certificate_template.h
CLEANFILES += server/certificate_template.h
EXTRA_DIST += %D%/templates/certificate.txt
