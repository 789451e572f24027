package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stackrank/connectors/jira/jirasim"
	"stackrank/connectors/trello/trellosim"
)

// backlogs are backlogs as people have them. Each lies in a folder of this name
// under testdata/backlogs: the trackers as they are written down, and what init,
// report and sync make of them.
var backlogs = []struct {
	name  string
	zones []string // seen from each; none: from UTC
	at    []string // moments to report for; none: now
}{
	{name: "everything-high"},
	{name: "no-story-points"},
	{name: "no-due-dates"},
	{name: "value-on-epics"},
	{name: "free-board"},
	{name: "team-managed"},
	{name: "german", zones: []string{"Europe/Berlin"}},
	{
		name: "two-zones", zones: []string{"Pacific/Auckland", "America/Los_Angeles"},
		// The first night of summer time in Auckland, and the hour after Los
		// Angeles has left it.
		at: []string{"2026-09-26T13:30:00Z", "2026-11-01T12:30:00Z"},
	},
}

// TestBacklogsAsPeopleHaveThem lets init draft a configuration for each backlog,
// reports it, syncs it by that configuration with the trackers' own order added,
// and syncs again, which must write nothing.
func TestBacklogsAsPeopleHaveThem(t *testing.T) {
	for _, b := range backlogs {
		if len(b.zones) == 0 {
			b.zones = []string{"UTC"}
		}
		for _, zone := range b.zones {
			t.Run(b.name+"/"+strings.ReplaceAll(zone, "/", "-"), func(t *testing.T) {
				t.Parallel()
				r := newBacklog(t, filepath.Join("testdata", "backlogs", b.name))
				r.suffix = ""
				if len(b.zones) > 1 {
					r.suffix = "." + strings.ToLower(filepath.Base(zone))
				}
				r.draft(t, zone)
				r.reports(t, b.at)
				r.syncs(t)
			})
		}
	}
}

// backlogRig is one of the backlogs on simulators of its own.
type backlogRig struct {
	*rig
	folder string // of the test data
	suffix string // of the names of what is held against it
	jira   *jiraFile
	board  *trelloFile
}

// newBacklog starts simulators with the trackers that the folder describes.
func newBacklog(t *testing.T, folder string) *backlogRig {
	t.Helper()
	b := &backlogRig{folder: folder}
	s := &sims{}
	clock := func() time.Time { return at }
	jiraSeed, trelloSeed := jirasim.Seed{}, trellosim.Seed{}
	if exists(t, filepath.Join(folder, "jira.yaml")) {
		b.jira = &jiraFile{}
		readYAML(t, filepath.Join(folder, "jira.yaml"), b.jira)
		jiraSeed = b.jira.seed(t)
	}
	if exists(t, filepath.Join(folder, "trello.yaml")) {
		b.board = &trelloFile{}
		readYAML(t, filepath.Join(folder, "trello.yaml"), b.board)
		trelloSeed = b.board.seed(t)
	}
	s.jira, s.trello = jirasim.New(jiraSeed, clock), trellosim.New(trelloSeed, clock)
	if b.board != nil && !b.board.Paid {
		s.trello.Switches().CustomFields(boardID, trellosim.FieldsNotInPlan)
	}
	s.listenBoth(t)(s.jira, s.trello)
	b.rig = rigOf(t, s, simOptions{deployment: string(jiraSeed.Deployment)})
	return b
}

// listenBoth opens a listener for each simulator, so that their addresses are
// known, and gives the function that serves them.
func (s *sims) listenBoth(t *testing.T) func(jira, trello http.Handler) {
	t.Helper()
	var open [2]net.Listener
	for i := range open {
		var err error
		if open[i], err = listen(t.Context(), "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	s.jiraURL, s.trelloURL = "http://"+open[0].Addr().String(), "http://"+open[1].Addr().String()
	return func(jira, trello http.Handler) {
		s.serve(open[0], jira)
		s.serve(open[1], trello)
	}
}

func exists(t *testing.T, path string) bool {
	t.Helper()
	_, err := os.Stat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return err == nil
}

// draft lets init write the configuration.
func (b *backlogRig) draft(t *testing.T, zone string) {
	t.Helper()
	name := filepath.Base(b.file) // the secrets lie beside the configuration
	args := []string{"init", "--force", "--name", filepath.Base(b.folder), "--timezone", zone}
	if b.jira != nil {
		args = append(args, "--jira-url", b.jiraURL, "--jira-token", "file:"+name+".jira-token", "--project", b.jira.Project.Key)
		if user, _ := b.rig.jira.Credentials(); b.jira.Deployment == jirasim.Cloud {
			args = append(args, "--jira-user", user)
		}
	}
	if b.board != nil {
		args = append(args, "--trello-url", b.trelloURL+"/1", "--trello-key", "file:"+name+".trello-key",
			"--trello-token", "file:"+name+".trello-token", "--board", "https://trello.com/b/"+b.board.Link)
	}
	b.run(t, exitDone, args...)
	text, err := os.ReadFile(b.file)
	if err != nil {
		t.Fatal(err)
	}
	b.golden(t, "init.yaml", string(text))
	b.configure(t, "order: false # true: the tracker's own order follows the ranking", "order: true")
}

// reports holds the reports against what they were.
func (b *backlogRig) reports(t *testing.T, moments []string) {
	t.Helper()
	for _, moment := range moments {
		b.golden(t, "report-"+moment[:len(time.DateOnly)]+".txt", b.run(t, exitDone, "report", "--at", moment))
	}
	if len(moments) > 0 {
		return
	}
	b.golden(t, "report.txt", b.round(t, exitDone, "report"))
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(b.round(t, exitDone, "report", "--format", "json")), "", " "); err != nil {
		t.Fatal(err)
	}
	b.golden(t, "report.json", indented.String())
}

// syncs writes the plan; a second sync has nothing left to write.
func (b *backlogRig) syncs(t *testing.T) {
	t.Helper()
	out := b.round(t, exitDone, "sync", "--force")
	_, planned, _ := strings.Cut(out, "\nPLAN")
	b.golden(t, "sync.txt", "PLAN"+planned)
	jira, trello := b.stats(t)
	again := b.round(t, exitDone, "sync", "--force")
	jiraAfter, trelloAfter := b.stats(t)
	if n := jiraAfter.since(jira).Writes + trelloAfter.since(trello).Writes; n != 0 {
		t.Errorf("the second sync writes %d times:\n%s", n, again)
	}
	if !strings.Contains(again, "0 to set, 0 to add, 0 to remove, 0 to move; 0 skipped") {
		t.Errorf("the second sync plans something:\n%s", again)
	}
}

// golden holds a text against the file of a name, the addresses of the
// simulators aside; -update rewrites the file.
func (b *backlogRig) golden(t *testing.T, name, got string) {
	t.Helper()
	got = strings.NewReplacer(b.jiraURL, "https://jira.example.com", b.trelloURL, "https://trello.example.com").Replace(got)
	extension := filepath.Ext(name)
	file := filepath.Join(b.folder, strings.TrimSuffix(name, extension)+b.suffix+extension)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s has changed; rewrite with -update when that is right (-want +got):\n%s", file, diff)
	}
}
