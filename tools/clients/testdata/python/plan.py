"""Somebody plans: ranks, fills the sprint and the epic, and takes things out."""

from jira import JIRAError

from site_under_test import site, tell

jira = site()
board = next(b for b in jira.boards() if b.name == "Harbour")
active = next(s for s in jira.sprints(board.id) if s.state == "active")
moved = "FERRY-66"
jira.rank(moved, next_issue="FERRY-31")
before = [i.key for i in jira.search_issues("project = FERRY ORDER BY Rank ASC", maxResults=False)]
jira.rank(moved, prev_issue="FERRY-31")
after = [i.key for i in jira.search_issues("project = FERRY ORDER BY Rank ASC", maxResults=False)]
jira.add_issues_to_sprint(active.id, [moved])
jira.add_issues_to_epic("FERRY-2", [moved])
jira.move_to_backlog(["FERRY-79"])
nobody = jira.rank("FERRY-9999", next_issue="FERRY-31").status_code
jira.issue("FERRY-121").delete()
try:
    jira.issue("FERRY-121")
    gone = 200
except JIRAError as error:
    gone = error.status_code
tell(board=board.id, sprint=active.id, before=before, after=after, nobody=nobody, gone=gone)
