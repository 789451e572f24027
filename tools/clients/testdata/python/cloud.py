"""Somebody points a client of yesterday at Cloud: all works but the search."""

from jira import JIRAError

from site_under_test import site, tell

jira = site()
try:
    jira.search_issues("project = FERRY")
    search = [200, ""]
except JIRAError as error:
    search = [error.status_code, error.text]
issue = jira.issue("FERRY-31")
issue.update(fields={"customfield_10050": 7.5})
tell(
    deployment=jira.deploymentType,
    search=search,
    projects=[p.key for p in jira.projects()],
    summary=issue.fields.summary,
    score=jira.issue("FERRY-31").fields.customfield_10050,
)
