#include "data/role.h"

#include <assert.h>

static const struct {
	const char *id;
	const char *title[2];
} roles[] = {
	[ROLE_PUBLIC] = {"public", {"Công chúng", "Public"}},
	[ROLE_VIEWER] = {"viewer", {"Người xem", "Viewer"}},
	[ROLE_SURVEYOR] = {"surveyor", {"Đo đạc viên", "Surveyor"}},
	[ROLE_OFFICER] = {"officer", {"Cán bộ thụ lý", "Officer"}},
	[ROLE_PLANNER] = {"planner", {"Cán bộ quy hoạch", "Planner"}},
	[ROLE_OPERATOR] = {"operator", {"Nhân viên vận hành", "Operator"}},
	[ROLE_APPROVER] = {"approver", {"Người phê duyệt", "Approver"}},
	[ROLE_ADMINISTRATOR] = {"administrator", {"Quản trị viên", "Administrator"}},
};

static_assert(sizeof roles / sizeof *roles == ROLE_COUNT, "a row a role");

const char *role_id(enum role role)
{
	return roles[role].id;
}

const char *role_title(enum role role, enum lang lang)
{
	return roles[role].title[lang];
}

bool role_find(const char *id, size_t len, enum role *ret_role)
{
	for (int i = 0; i < ROLE_COUNT; i++)
		if (strlen(roles[i].id) == len && !memcmp(roles[i].id, id, len)) {
			*ret_role = (enum role)i;
			return true;
		}
	return false;
}
