package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stackrank/internal/report"
	"stackrank/internal/work"
)

// fates are what becomes of items that leave a backlog.
var fates = []string{"elsewhere", "finished", "removed"}

// departing starts a sandbox whose configuration selects neither the issues that
// are labelled elsewhere nor the cards of the list of that name, and syncs. It gives
// the id of the list.
func departing(t *testing.T, o simOptions) (r *rig, list string) {
	t.Helper()
	r = newRig(t, o)
	r.configure(t, "statusCategory != Done", "statusCategory != Done AND (labels IS EMPTY OR labels NOT IN (elsewhere))")
	lists := "    kind: trello\n    lists:\n"
	for _, l := range r.trello.Dump().Lists {
		if l["closed"] == false {
			lists += fmt.Sprintf("      - %s\n", l["id"])
		}
	}
	r.configure(t, "    kind: trello\n", lists)
	answer, err := r.as("trello", "POST", "/1/lists", fmt.Sprintf(`{"name":"Elsewhere","idBoard":%q}`, r.trello.Boards()[0].ID))
	if err != nil {
		t.Fatal(err)
	}
	var made struct{ ID string }
	parse(t, answer, &made)
	r.round(t, exitDone, "sync", "--force")
	return r, made.ID
}

// ours gives the labels of ours.
func (th thing) ours() string {
	var out []string
	for _, l := range th.labels {
		if strings.HasPrefix(l, "stackrank-") {
			out = append(out, l)
		}
	}
	return strings.Join(out, " ")
}

// leave has an item leave the backlog.
func (r *rig) leave(t *testing.T, ref work.Ref, fate, list string) {
	t.Helper()
	var err error
	switch {
	case fate == "finished":
		err = r.finish(ref)
	case fate == "removed":
		err = r.remove(ref)
	case ref.Source == "trello":
		_, err = r.as("trello", "PUT", "/1/cards/"+ref.ID, fmt.Sprintf(`{"idList":%q}`, list))
	default:
		err = r.label(ref, "elsewhere")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestWhatLeftABacklogLosesOurLabels has items of both trackers leave in every
// way. What is open loses our labels with the next sync, what is done keeps them.
func TestWhatLeftABacklogLosesOurLabels(t *testing.T) {
	for _, d := range deployments {
		t.Run(string(d), func(t *testing.T) {
			r, list := departing(t, simOptions{deployment: string(d)})
			before := r.holding(t)
			gone := map[work.Ref]string{}
			for _, source := range []string{"jira", "trello"} {
				labelled := slices.DeleteFunc(before.open(), func(ref work.Ref) bool {
					th := before.things[ref]
					return ref.Source != source || th.subtask || th.ours() == ""
				})
				for i, fate := range fates {
					gone[labelled[i]] = fate
					r.leave(t, labelled[i], fate, list)
				}
			}
			out := r.round(t, exitDone, "sync")
			after := r.holding(t)
			for ref, fate := range gone {
				was, is := before.things[ref].ours(), after.things[ref].ours()
				if want := map[string]string{"finished": was}[fate]; is != want {
					t.Errorf("%s is %s and labelled %q, was %q, want %q:\n%s", ref, fate, is, was, want, out)
				}
				if fate == "elsewhere" && ref.Source == "jira" && !slices.Contains(after.things[ref].labels, "elsewhere") {
					t.Errorf("%s lost a label of a person: %v", ref, after.things[ref].labels)
				}
				if fate == "elsewhere" && after.things[ref].score != before.things[ref].score {
					t.Errorf("%s had score %s and has %s; fields stay with on_leave: labels", ref, before.things[ref].score, after.things[ref].score)
				}
			}
			writes := r.jira.Stats().Writes + r.trello.Stats().Writes
			if again := r.round(t, exitDone, "sync"); r.jira.Stats().Writes+r.trello.Stats().Writes != writes {
				t.Errorf("the sync after it writes:\n%s", again)
			}
		})
	}
}

// TestWhatCannotBeLookedAtStaysForLater refuses the looks of one sync.
func TestWhatCannotBeLookedAtStaysForLater(t *testing.T) {
	r, list := departing(t, simOptions{})
	before := r.holding(t)
	i := slices.IndexFunc(before.open(), func(ref work.Ref) bool { return ref.Source == "trello" && before.things[ref].ours() != "" })
	ref := before.open()[i]
	r.leave(t, ref, "elsewhere", list)
	r.trello.Fail("GET /1/cards/"+ref.ID, 403, 1)
	out := r.round(t, exitDone, "sync")
	if is := r.holding(t).things[ref].ours(); is != before.things[ref].ours() || !strings.Contains(out, "could not be looked at") {
		t.Errorf("labelled %q, and told:\n%s", is, out)
	}
	r.round(t, exitDone, "sync")
	if is := r.holding(t).things[ref].ours(); is != "" {
		t.Errorf("labelled %q once it can be looked at", is)
	}
}

// TestVotesOfTodayAreNew has people speak for old items after a sync. Without what
// is remembered their voices are as old as the items.
func TestVotesOfTodayAreNew(t *testing.T) {
	r := newRig(t, simOptions{})
	r.round(t, exitDone, "sync", "--force")
	before := lines(r.report(t))
	var spoken []work.Ref
	for _, source := range []string{"jira", "trello"} {
		spoken = append(spoken, r.speakFor(t, before, source))
	}
	remembered := lines(r.report(t))
	if err := os.RemoveAll(filepath.Join(filepath.Dir(r.file), "state")); err != nil {
		t.Fatal(err)
	}
	forgotten := lines(r.report(t))
	for _, ref := range spoken {
		was, old, now := before[ref].Value, forgotten[ref].Value, remembered[ref].Value
		if !(now > old && old > was) {
			t.Errorf("%s was worth %v; a voice of today makes it %v, and one as old as it %v", ref, was, now, old)
		}
	}
	r.round(t, exitDone, "sync", "--force")
}

// speakFor votes for an issue of Jira, or comments on a card of Trello, to which
// Trello gives no date in its listings. The item is the oldest that stands alone.
func (r *rig) speakFor(t *testing.T, items map[work.Ref]report.Item, source string) work.Ref {
	t.Helper()
	var refs []work.Ref
	for ref, it := range items {
		if ref.Source == source && len(it.Also) == 0 && it.Ref == ref {
			refs = append(refs, ref)
		}
	}
	slices.SortFunc(refs, work.Ref.Compare)
	ref := refs[0]
	var err error
	if source == "jira" {
		_, err = r.as("jira", "POST", "/rest/api/2/issue/"+ref.ID+"/votes", "")
	} else {
		_, err = r.as("trello", "POST", "/1/cards/"+ref.ID+"/actions/comments", `{"text":"We need this."}`)
	}
	if err != nil {
		t.Fatal(err)
	}
	return ref
}
