"""Somebody logs in, by each way that there is, and with a wrong password."""

from jira import JIRA, JIRAError

from site_under_test import TOKEN, URL, site, tell


def refusal(**credentials):
    """Gives the status with which credentials are refused."""
    try:
        JIRA(URL, max_retries=0, **credentials).myself()
    except JIRAError as error:
        return error.status_code
    return 200


jira = site()
by_password = JIRA(URL, basic_auth=("po", TOKEN), validate=True, max_retries=0)
by_cookie = JIRA(URL, auth=("po", TOKEN), max_retries=0)
tell(
    deployment=jira.deploymentType,
    name=jira.myself()["name"],
    current=jira.current_user(),
    password=by_password.current_user(),
    cookie=by_cookie.myself()["name"],
    wrong_token=refusal(token_auth="wrong"),
    wrong_password=refusal(basic_auth=("po", "wrong")),
    may_edit=jira.my_permissions(projectKey="FERRY")["permissions"]["EDIT_ISSUES"]["havePermission"],
)
