package main

import (
	"path/filepath"
	"testing"

	"stackrank/connectors/connectortest"
)

// judged puts the judges that know the published documents between stackrank
// and both trackers of a rig, Jira as Cloud.
func (r *rig) judged(t *testing.T) {
	t.Helper()
	ignore := func(name string) string { return connectortest.Lab(t, "tools", "contractproxy", "ignore", name) }
	jira := connectortest.Contract(t, r.jiraURL,
		"-spec", connectortest.Lab(t, "specs", "jira-platform.openapi.json"),
		"-spec", connectortest.Lab(t, "specs", "jira-software.openapi.json"),
		"-alias", "/rest/api/2=/rest/api/3", "-ignore", ignore("jira-cloud.rules"))
	trello := connectortest.Contract(t, r.trelloURL,
		"-spec", connectortest.Lab(t, "specs", "trello.openapi.json")+",params-in-body",
		"-ignore", ignore("trello.rules"), "-ignore", filepath.Join("..", "..", "connectors", "trello", "testdata", "contract.rules"))
	r.configure(t, r.jiraURL, jira.URL)
	r.configure(t, r.trelloURL, trello.URL)
}

// TestContract holds what a whole sync sends, and what the simulators answer,
// against the published OpenAPI documents; under the race detector only that of
// the first backlog.
func TestContract(t *testing.T) {
	tests := []struct {
		name string
		with simOptions
	}{
		{"built-in backlog", simOptions{}},
		{"real backlog", simOptions{
			jiraData:   []string{connectortest.Lab(t, "data", "jira", "titanium", "timob.jsonl")},
			trelloData: []string{connectortest.Lab(t, "data", "trello", "board-bizarre-lineage.json")},
		}},
	}
	for _, tt := range tests[:fewer(len(tests), 1)] {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, tt.with)
			r.judged(t)
			r.round(t, exitDone, "sync", "--force")
			r.run(t, exitDone, "check")
			r.round(t, exitDone, "report", "--exit-code")
		})
	}
}
