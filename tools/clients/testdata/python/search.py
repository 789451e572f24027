"""Somebody reads all issues, by pages, and looks closely at one."""

from jira import JIRAError
from jira.resources import Issue

from site_under_test import site, tell

jira = site(default_batch_sizes={Issue: 40})
everything = jira.search_issues("ORDER BY key ASC", maxResults=False)
first = jira.search_issues("project = FERRY ORDER BY created DESC", maxResults=7)
try:
    wrong = jira.search_issues("nonsense ~~ 1")
except JIRAError as error:
    wrong = [error.status_code, error.text]
issue = jira.issue("FERRY-101", expand="changelog")
tell(
    projects=[p.key for p in jira.projects()],
    keys=[i.key for i in everything],
    total=first.total,
    first=[i.key for i in first],
    wrong=wrong,
    fields=sorted(f["name"] for f in jira.fields() if f["custom"]),
    issue={
        "id": issue.id,
        "summary": issue.fields.summary,
        "status": issue.fields.status.name,
        "labels": issue.fields.labels,
        "points": issue.fields.customfield_10016,
        "epic": issue.fields.customfield_10014,
        "reporter": issue.fields.reporter.name,
        "sprints": [str(s) for s in issue.fields.customfield_10020],
    },
    priorities=[p.name for p in jira.priorities()],
    statuses=[s.name for s in jira.statuses()],
    links=[t.name for t in jira.issue_link_types()],
    types=[t.name for t in jira.issue_types()],
    versions=[v.name for v in jira.project_versions("FERRY")],
    users=[u.name for u in jira.search_users("lena")],
)
