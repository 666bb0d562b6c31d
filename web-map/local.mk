# The map in the browser: npm builds it into web-map/dist, in the source tree as Makefile.in is, and
# the tarball brings it along. Names in dist/ hold hashes, so dist/ is shipped as it is found.
web_map_sources = \
	%D%/.npmrc %D%/build.mjs %D%/catalogue.mjs %D%/index.html %D%/package.json \
	%D%/package-lock.json %D%/tsconfig.json \
	%D%/public/fonts/OFL.txt %D%/public/fonts/inter.woff2 %D%/public/icon.svg \
	%D%/src/accounts.ts %D%/src/api.ts %D%/src/api_words.ts %D%/src/certificate.ts %D%/src/city.ts %D%/src/clipboard.ts %D%/src/conflict.ts %D%/src/dossier.ts %D%/src/draft.ts %D%/src/edit.ts %D%/src/exports.ts \
	%D%/src/field_text.ts %D%/src/history.ts %D%/src/inquiry.ts %D%/src/land.ts %D%/src/live.ts %D%/src/main.ts \
	%D%/src/numbering.ts %D%/src/observed.ts %D%/src/permalink.ts %D%/src/place.ts %D%/src/place_text.ts \
	%D%/src/record.ts %D%/src/remembered.ts %D%/src/screen.ts %D%/src/search.ts %D%/src/session.ts \
	%D%/src/switches.ts %D%/src/units.ts %D%/src/theme.ts \
	%D%/src/counter/certificate_view.ts %D%/src/counter/counter.ts %D%/src/counter/counter_panel.ts \
	%D%/src/counter/file_pane.ts %D%/src/counter/intake_form.ts %D%/src/counter/lot_pane.ts \
	%D%/src/counter/neighbours.ts %D%/src/counter/number_pane.ts %D%/src/counter/once_key.ts \
	%D%/src/counter/proposal_view.ts \
	%D%/src/counter/queue_list.ts %D%/src/counter/scheme_pane.ts %D%/src/counter/subject.ts \
	%D%/src/counter/words.ts \
	%D%/src/i18n/language.ts %D%/src/i18n/number.ts %D%/src/i18n/today.ts \
	%D%/src/map/city_map.ts %D%/src/map/drawing.ts %D%/src/map/highlight.ts \
	%D%/src/map/label_owner.ts %D%/src/map/look_style.ts %D%/src/map/measure_tool.ts \
	%D%/src/map/line_tool.ts %D%/src/map/number_marks.ts %D%/src/map/outlines.ts %D%/src/map/paths.ts %D%/src/map/shape.ts \
	%D%/src/map/shape_editor.ts %D%/src/map/tile_store.ts %D%/src/map/touched.ts \
	%D%/src/map/vector_layer.ts \
	%D%/src/panels/account_menu.ts %D%/src/panels/app.ts %D%/src/panels/author.ts \
	%D%/src/panels/conflict_panel.ts %D%/src/panels/desk.ts \
	%D%/src/panels/drafts_notice.ts %D%/src/panels/edit_panel.ts %D%/src/panels/export_dialog.ts %D%/src/panels/failure.ts \
	%D%/src/panels/help_dialog.ts %D%/src/panels/icon.ts %D%/src/panels/land_facts.ts %D%/src/panels/land_panel.ts %D%/src/panels/layers_panel.ts \
	%D%/src/panels/login_dialog.ts %D%/src/panels/measure_panel.ts \
	%D%/src/panels/notices.ts %D%/src/panels/panel.ts \
	%D%/src/panels/password_dialog.ts %D%/src/panels/people_dialog.ts \
	%D%/src/panels/record_card.ts %D%/src/panels/record_history.ts \
	%D%/src/panels/scopes_form.ts %D%/src/panels/search_box.ts \
	%D%/src/panels/shape_tools.ts %D%/src/panels/status_bar.ts %D%/src/panels/swatch.ts \
	%D%/src/panels/unit_name.ts %D%/src/panels/told_once.ts %D%/src/panels/tokens_list.ts \
	%D%/src/style/card.css %D%/src/style/controls.css %D%/src/style/counter.css %D%/src/style/edit.css %D%/src/style/land.css \
	%D%/src/style/layers.css %D%/src/style/layout.css %D%/src/style/people.css %D%/src/style/search.css %D%/src/style/style.css \
	%D%/src/style/tokens.css %D%/src/style/tools.css

EXTRA_DIST += $(web_map_sources) %D%/README

if BUILD_WEB
$(srcdir)/web-map/node_modules/.stamp: $(srcdir)/web-map/package.json $(srcdir)/web-map/package-lock.json
	$(AM_V_GEN)cd $(srcdir)/web-map && $(NPM) ci --loglevel=error && touch node_modules/.stamp
$(srcdir)/web-map/dist/stamp: $(web_map_sources) $(srcdir)/base/messages.txt $(srcdir)/web-map/node_modules/.stamp
	$(AM_V_GEN)cd $(srcdir)/web-map && $(NODE) build.mjs && echo done >dist/stamp
endif

web: $(srcdir)/web-map/dist/stamp
.PHONY: web

dist-hook: $(srcdir)/web-map/dist/stamp
	$(MKDIR_P) $(distdir)/web-map/dist
	cp -p $(srcdir)/web-map/dist/* $(distdir)/web-map/dist/

maintainer-clean-local:
	rm -rf $(srcdir)/web-map/dist $(srcdir)/web-map/node_modules $(srcdir)/web-map/generated
