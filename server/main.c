/*
 * dothi: the command line. THE table of verbs.
 */
#include <locale.h>
#include <signal.h>

#include "server/commands/command.h"
#include "server/commands/own_desk.h"

extern const struct command serve_command, demo_command, init_command, copy_command, import_command, export_command, tile_command,
	search_command, doctor_command, user_group, user_add_command, user_passwd_command, user_role_command,
	user_lock_command, user_unlock_command, user_close_command, user_list_command, person_command,
	person_add_command, person_show_command, person_erase_command,
	user_scope_show_command, user_scope_set_command, user_scope_add_command,
	user_scope_clear_command, user_token_add_command, user_token_list_command,
	user_token_revoke_command, audit_group, audit_verify_command, tiles_group,
	tiles_export_command, units_group, units_reform_command, parcel_group,
	parcel_split_command, parcel_merge_command, parcel_redraw_command, parcel_renumber_command,
	number_group, number_propose_command, number_reserve_command, number_issue_command,
	number_renumber_command, number_retire_command, number_scheme_make_command, number_scheme_remake_command,
	number_scheme_submit_command, number_scheme_recall_command, number_scheme_reject_command,
	number_scheme_approve_command, number_scheme_show_command, number_scheme_list_command, number_conflicts_command, number_relabel_command, number_import_command, number_survey_command,
	number_network_command, number_export_command, number_plates_command;
extern const struct command dossier_group, dossier_list_command, dossier_show_command,
	dossier_receive_command, dossier_move_command;
extern const struct command certificate_group, certificate_issue_command, certificate_show_command,
	certificate_revoke_command, certificate_sign_command, certificate_verify_command,
	certificate_fields_command;

const struct command *const all_commands[] = {
	&demo_command,
	&init_command,
	&copy_command,
	&import_command,
	&export_command,
	&serve_command,
	&search_command,
	&tile_command,
	&tiles_group,
	&tiles_export_command,
	&user_group,
	&user_add_command,
	&user_passwd_command,
	&user_role_command,
	&user_lock_command,
	&user_unlock_command,
	&user_close_command,
	&user_list_command,
	&person_command,
	&person_add_command,
	&person_show_command,
	&person_erase_command,
	&user_scope_show_command,
	&user_scope_set_command,
	&user_scope_add_command,
	&user_scope_clear_command,
	&user_token_add_command,
	&user_token_list_command,
	&user_token_revoke_command,
	&audit_group,
	&audit_verify_command,
	&parcel_group,
	&parcel_split_command,
	&parcel_merge_command,
	&parcel_redraw_command,
	&parcel_renumber_command,
	&number_group,
	&number_propose_command,
	&number_reserve_command,
	&number_issue_command,
	&number_renumber_command,
	&number_retire_command,
	&number_conflicts_command,
	&number_relabel_command,
	&number_survey_command,
	&number_import_command,
	&number_scheme_make_command,
	&number_scheme_remake_command,
	&number_scheme_submit_command,
	&number_scheme_recall_command,
	&number_scheme_reject_command,
	&number_scheme_approve_command,
	&number_scheme_show_command,
	&number_scheme_list_command,
	&number_network_command,
	&number_export_command,
	&number_plates_command,
	&dossier_group,
	&dossier_list_command,
	&dossier_show_command,
	&dossier_receive_command,
	&dossier_move_command,
	&certificate_group,
	&certificate_issue_command,
	&certificate_show_command,
	&certificate_revoke_command,
	&certificate_sign_command,
	&certificate_verify_command,
	&certificate_fields_command,
	&units_group,
	&units_reform_command,
	&doctor_command,
	NULL,
};

int main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	/* Would let SpatiaLite's functions read files. */
	unsetenv("SPATIALITE_SECURITY");
	/* A file over the limit of this process is an error like a full disk, not the end. */
	signal(SIGXFSZ, SIG_IGN);
	return own_desk_run(argc - 1, argv + 1);
}
