"""Somebody reports a story, works on it and closes it."""

from jira import JIRAError

from site_under_test import site, tell

jira = site()
issue = jira.create_issue(
    project="FERRY",
    summary="Sell on board",
    description="Because *people* forget.",
    issuetype={"name": "Story"},
    priority={"name": "High"},
    labels=["onboard", "sales"],
)
made, refused = jira.create_issues(
    [
        {"project": "FERRY", "summary": "One of two", "issuetype": {"name": "Task"}},
        {"project": "FERRY", "summary": "", "issuetype": {"name": "Task"}},
    ]
)
issue.update(summary="Sell tickets on board", fields={"duedate": "2027-01-15"})
issue.update(update={"labels": [{"add": "stackrank-now"}, {"remove": "sales"}]})
issue.add_field_value("labels", "added")
issue.update(notify=False, fields={"customfield_10050": 42.5})
try:
    issue.update(fields={"customfield_10050": "much"})
    number = 200
except JIRAError as error:
    number = [error.status_code, error.response.json()["errors"]]

comment = jira.add_comment(issue, "Who needs this?")
comment.update(body="Who needs this, and when?")
passing = jira.add_comment(issue, "Never mind.")
passing.delete()

jira.assign_issue(issue, "ravi")
jira.add_watcher(issue, "ravi")
jira.add_worklog(issue, timeSpent="2h", comment="looked into it")
jira.add_simple_link(issue, object={"url": "https://example.com/page", "title": "A page"})
jira.create_issue_link("Blocks", issue.key, "FERRY-31")
jira.create_issue_link("Relates", issue.key, "FERRY-21")
related = [l for l in jira.issue(issue.key).fields.issuelinks if l.type.name == "Relates"]
jira.delete_issue_link(related[0].id)

steps = [t["name"] for t in jira.transitions(issue)]
jira.transition_issue(issue, "In Progress")
jira.transition_issue(issue, "Done", resolution={"name": "Done"}, comment="Shipped.")
tell(
    key=issue.key,
    second=made["issue"].key,
    refused=refused["status"],
    number=number,
    steps=steps,
    comments=[c.body for c in jira.comments(issue)],
    watchers=sorted(w.name for w in jira.watchers(issue).watchers),
    remote=[r.object.url for r in jira.remote_links(issue)],
)
