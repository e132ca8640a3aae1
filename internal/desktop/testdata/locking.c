/*
 * A module of PKCS #11 that puts on SoftHSM what cards have and SoftHSM has not: three wrong PINs lock the
 * token, and it tells of them. It counts for the whole module, as long as the process lives: it is linked so that
 * it stays when it is closed.
 */
#include <dlfcn.h>
#include <stddef.h>
#include "pkcs11go.h"

#ifndef SOFTHSM
#error "SOFTHSM is the path of libsofthsm2.so"
#endif

enum { attempts = 3 };

static CK_FUNCTION_LIST *inner;
static CK_FUNCTION_LIST outer;
static int wrong;

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG length)
{
	CK_RV rv;

	if (wrong >= attempts)
		return CKR_PIN_LOCKED;
	rv = inner->C_Login(session, user, pin, length);
	if (rv == CKR_PIN_INCORRECT && ++wrong >= attempts)
		return CKR_PIN_LOCKED;
	if (rv == CKR_OK)
		wrong = 0;
	return rv;
}

static CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	CK_RV rv = inner->C_GetTokenInfo(slot, info);

	if (rv != CKR_OK)
		return rv;
	info->flags &= ~(CK_FLAGS)(CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED);
	if (wrong > 0)
		info->flags |= CKF_USER_PIN_COUNT_LOW;
	if (wrong == attempts - 1)
		info->flags |= CKF_USER_PIN_FINAL_TRY;
	if (wrong >= attempts)
		info->flags |= CKF_USER_PIN_LOCKED;
	return CKR_OK;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	void *module = dlopen(SOFTHSM, RTLD_NOW | RTLD_LOCAL);
	CK_RV (*get)(CK_FUNCTION_LIST **) = NULL;
	CK_RV rv;

	if (module != NULL)
		*(void **)&get = dlsym(module, "C_GetFunctionList");
	if (get == NULL)
		return CKR_GENERAL_ERROR;
	rv = get(&inner);
	if (rv != CKR_OK)
		return rv;
	outer = *inner;
	outer.C_Login = login;
	outer.C_GetTokenInfo = token_info;
	*list = &outer;
	return CKR_OK;
}
