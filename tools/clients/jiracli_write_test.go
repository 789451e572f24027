//go:build clients

package clients

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// edited is the issue that the write tests change, a task of no epic.
const edited = "FERRY-66"

// TestJiraCLIWrites holds that what somebody changes at a terminal is changed,
// and nothing else.
func TestJiraCLIWrites(t *testing.T) {
	eachKind(t, func(t *testing.T, kind string) {
		u := newJiraCLI(t, kind)
		t.Run("create a story", u.create)
		t.Run("create a sub-task", u.createPart)
		t.Run("create with custom fields", u.createWithFields)
		t.Run("edit", u.edit)
		t.Run("edit a custom field", u.editField)
		t.Run("comment", u.comment)
		t.Run("assign and unassign", u.assign)
		t.Run("watch", u.watch)
		t.Run("log work", u.logWork)
		t.Run("link and unlink", u.link)
		t.Run("clone", u.clone)
		t.Run("sprint", u.toSprint)
		t.Run("epic", u.toEpic)
		t.Run("create an epic", u.createEpic)
		t.Run("move through the workflow", u.move)
		t.Run("delete", u.remove)
	})
}

func (u *jiraCLI) create(t *testing.T) {
	highest := 0
	for key := range u.s.issues(t) {
		if strings.HasPrefix(key, "FERRY-") {
			highest = max(highest, number(t, key))
		}
	}
	next := fmt.Sprintf("FERRY-%d", highest+1)
	out := u.did(t, map[string][]string{next: {"new"}}, "issue", "create", "--no-input", "-tStory", "-sSell on board",
		"-bBecause *people* forget.\n\n- at home\n- at work", "-yHigh", "-lsales", "-lonboard")
	want(t, "key", next, made(t, out))
	f := u.s.issues(t)[next]
	want(t, "summary", any("Sell on board"), f["summary"])
	want(t, "type", any("Story"), at(t, f, "issuetype", "name"))
	want(t, "priority", any("High"), at(t, f, "priority", "name"))
	want(t, "labels", any([]any{"onboard", "sales"}), f["labels"])
	if text := fmt.Sprint(f["description"]); !strings.Contains(text, "people") || !strings.Contains(text, "at work") {
		t.Errorf("description %q", text)
	}
}

func (u *jiraCLI) createPart(t *testing.T) {
	key := made(t, u.does(t, "issue", "create", "--no-input", "-tSub-task", "-PFERRY-31", "-sA part of it"))
	want(t, "parent", any("FERRY-31"), at(t, u.s.issues(t)[key], "parent", "key"))
	if !strings.Contains(fmt.Sprint(u.s.issues(t)["FERRY-31"]["subtasks"]), key) {
		t.Errorf("FERRY-31 does not list %s", key)
	}
}

func (u *jiraCLI) createWithFields(t *testing.T) {
	key := made(t, u.does(t, "issue", "create", "--no-input", "-tStory", "-sWith points", "--custom", "story-points=5,arr-at-risk=1000.5"))
	f := u.s.issues(t)[key]
	want(t, "points", any(5.0), f["customfield_10016"])
	want(t, "revenue", any(1000.5), f["customfield_10041"])
}

func (u *jiraCLI) edit(t *testing.T) {
	u.did(t, map[string][]string{edited: {"description", "labels", "priority", "summary"}},
		"issue", "edit", edited, "--no-input", "-sNew summary", "-bNew text", "-yLow", "-lnew", "-lolder")
	f := u.s.issues(t)[edited]
	want(t, "summary", any("New summary"), f["summary"])
	want(t, "priority", any("Low"), at(t, f, "priority", "name"))
	u.did(t, map[string][]string{edited: {"labels"}}, "issue", "edit", edited, "--no-input", "-l-older")
	if labels := fmt.Sprint(u.s.issues(t)[edited]["labels"]); !strings.Contains(labels, "new") || strings.Contains(labels, "older") {
		t.Errorf("labels %s", labels)
	}
	u.did(t, map[string][]string{edited: {"summary"}}, "issue", "edit", edited, "--no-input", "--skip-notify", "-sSilent")
}

func (u *jiraCLI) editField(t *testing.T) {
	u.did(t, map[string][]string{edited: {"customfield_10050"}}, "issue", "edit", edited, "--no-input", "--custom", "priority-score=12.5")
	want(t, "score", any(12.5), u.s.issues(t)[edited]["customfield_10050"])
}

func (u *jiraCLI) comment(t *testing.T) {
	u.did(t, map[string][]string{edited: {"comment"}}, "issue", "comment", "add", edited, "Who *needs* this?", "--no-input")
	comments := at(t, u.s.issues(t)[edited], "comment", "comments").([]any)
	if text := fmt.Sprint(at(t, comments[len(comments)-1], "body")); !strings.Contains(text, "needs") {
		t.Errorf("comment %q", text)
	}
}

func (u *jiraCLI) assign(t *testing.T) {
	u.did(t, map[string][]string{edited: {"assignee"}}, "issue", "assign", edited, "Ravi Menon")
	want(t, "assignee", any("Ravi Menon"), at(t, u.s.issues(t)[edited], "assignee", "displayName"))
	u.did(t, map[string][]string{edited: {"assignee"}}, "issue", "assign", edited, "x")
	want(t, "assignee", nil, u.s.issues(t)[edited]["assignee"])
}

func (u *jiraCLI) watch(t *testing.T) {
	before := at(t, u.s.issues(t)[edited], "watches", "watchCount").(float64)
	u.did(t, map[string][]string{edited: {"watches"}}, "issue", "watch", edited, "Ravi Menon")
	want(t, "watchers", any(before+1), at(t, u.s.issues(t)[edited], "watches", "watchCount"))
}

func (u *jiraCLI) logWork(t *testing.T) {
	u.does(t, "issue", "worklog", "add", edited, "1h 30m", "--comment", "half a morning", "--no-input")
	want(t, "time spent", any(5400.0), u.s.issues(t)[edited]["timespent"])
}

func (u *jiraCLI) link(t *testing.T) {
	both := map[string][]string{edited: {"issuelinks"}, "FERRY-31": {"issuelinks"}}
	before := len(u.s.issues(t)[edited]["issuelinks"].([]any))
	u.did(t, both, "issue", "link", edited, "FERRY-31", "Blocks")
	links := u.s.issues(t)[edited]["issuelinks"].([]any)
	want(t, "type", any("Blocks"), at(t, links[before], "type", "name"))
	want(t, "blocked", any("FERRY-31"), at(t, links[before], "outwardIssue", "key"))
	u.did(t, both, "issue", "unlink", edited, "FERRY-31")
	want(t, "links", before, len(u.s.issues(t)[edited]["issuelinks"].([]any)))
	u.does(t, "issue", "link", "remote", edited, "https://example.com/page", "A page")
}

func (u *jiraCLI) clone(t *testing.T) {
	key := made(t, u.does(t, "issue", "clone", edited, "-sA clone"))
	f := u.s.issues(t)[key]
	want(t, "summary", any("A clone"), f["summary"])
	want(t, "link", any("Cloners"), at(t, f, "issuelinks", 0, "type", "name"))
	want(t, "labels", u.s.issues(t)[edited]["labels"], f["labels"])
}

func (u *jiraCLI) toSprint(t *testing.T) {
	u.did(t, map[string][]string{edited: {"customfield_10020"}}, "sprint", "add", "42", edited)
	if got := u.keys(t, "sprint", "list", "42"); !slices.Contains(got, edited) {
		t.Errorf("sprint holds %v, want %s among them", got, edited)
	}
	if got := u.keys(t, "sprint", "list", "43"); slices.Contains(got, edited) || len(got) == 0 {
		t.Errorf("the sprint that it was in holds %v, want others", got)
	}
	u.refused(t, "400 Bad Request", "sprint", "add", "41", edited)
}

func (u *jiraCLI) toEpic(t *testing.T) {
	field := map[string]string{cloud: "parent", dataCenter: "customfield_10014"}[u.kind]
	u.did(t, map[string][]string{edited: {field}}, "epic", "add", "FERRY-2", edited)
	want(t, "epic", any("FERRY-2"), u.epicOf(u.s.issues(t)[edited]))
	u.did(t, map[string][]string{edited: {field}}, "epic", "remove", edited)
	want(t, "epic", nil, u.epicOf(u.s.issues(t)[edited]))
}

func (u *jiraCLI) createEpic(t *testing.T) {
	key := made(t, u.does(t, "epic", "create", "--no-input", "-nA shorter name", "-sIts summary", "-bText"))
	f := u.s.issues(t)[key]
	want(t, "type", any("Epic"), at(t, f, "issuetype", "name"))
	want(t, "summary", any("Its summary"), f["summary"])
	if u.kind == dataCenter {
		want(t, "name", any("A shorter name"), f["customfield_10011"])
	}
}

func (u *jiraCLI) move(t *testing.T) {
	u.did(t, map[string][]string{edited: {"status"}}, "issue", "move", edited, "In Progress")
	want(t, "status", any("In Progress"), at(t, u.s.issues(t)[edited], "status", "name"))
	u.refused(t, "invalid transition state", "issue", "move", edited, "Nowhere")
	u.did(t, map[string][]string{edited: {"comment", "resolution", "resolutiondate", "status"}},
		"issue", "move", edited, "Done", "-RDone", "--comment", "all done")
	want(t, "resolution", any("Done"), at(t, u.s.issues(t)[edited], "resolution", "name"))
}

func (u *jiraCLI) remove(t *testing.T) {
	before := u.s.issues(t)
	u.does(t, "issue", "delete", edited)
	if got := changes(before, u.s.issues(t))[edited]; len(got) != 1 || got[0] != "gone" {
		t.Errorf("%s: %v, want gone", edited, got)
	}
	u.refused(t, "Issue does not exist", "issue", "delete", edited)
	u.refused(t, "has subtasks", "issue", "delete", "FERRY-31")
	u.does(t, "issue", "delete", "FERRY-31", "--cascade")
	if u.s.issues(t)["FERRY-31"] != nil {
		t.Error("FERRY-31 is still there")
	}
}
