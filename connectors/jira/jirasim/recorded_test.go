package jirasim

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// labJSON reads one JSON text of the lab, or skips the test.
func labJSON(t *testing.T, name string, into any) {
	t.Helper()
	if err := json.Unmarshal(labBytes(t, name), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// labBytes reads a file of the lab, or skips the test.
func labBytes(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(labPath(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestRecordedIssuesComeBackAsTheyWere loads every recorded issue and asks for
// it: each recorded key must be there again, with a value of the same JSON type.
func TestRecordedIssuesComeBackAsTheyWere(t *testing.T) {
	tests := []struct {
		deployment Deployment
		file       string
	}{
		{DataCenter, titanium},
		{DataCenter, duraspace},
		{DataCenter, apache},
		{DataCenter, "server/qt/QTWB-3.json"},
		{DataCenter, "server/qt/fix_versions_issue.json"},
		{DataCenter, "server/appcelerator-issue-with-changelog.json"},
		{Cloud, "cloud/devlake/issues-for-due-date.jsonl"},
		{Cloud, "cloud/devlake/issues-with-links.jsonl"},
		{Cloud, "cloud/jirametrics/SP-1.json"},
		{Cloud, "cloud/jirametrics/SP-10.json"},
		{Cloud, "cloud/jirametrics/SP-15.json"},
	}
	for _, tt := range tests {
		t.Run(string(tt.deployment)+" "+tt.file, func(t *testing.T) {
			site := labSite(t, tt.deployment, tt.file)
			short := map[string]int{}
			n := 0
			for raw := range bytes.Lines(oneALine(t, labBytes(t, tt.file))) {
				var recorded map[string]any
				if err := json.Unmarshal(raw, &recorded); err != nil {
					t.Fatal(err)
				}
				n++
				for _, why := range issueLacks(t, site, recorded) {
					short[why]++
				}
			}
			for _, why := range slices.Sorted(maps.Keys(short)) {
				t.Errorf("%s, in %d of %d issues", why, short[why], n)
			}
		})
	}
}

// issueLacks asks a site for a recorded issue and compares.
func issueLacks(t *testing.T, site *Site, recorded map[string]any) []string {
	t.Helper()
	target := "/rest/api/2/issue/" + recorded["id"].(string)
	var expand []string
	for _, part := range []string{"changelog", "names", "schema", "renderedFields", "transitions", "operations", "editmeta"} {
		if recorded[part] != nil {
			expand = append(expand, part)
		}
	}
	if len(expand) > 0 {
		target += "?expand=" + strings.Join(expand, ",")
	}
	status, body := ask(t, site, http.MethodGet, target, "")
	var got map[string]any
	if err := json.Unmarshal(body, &got); err != nil || status != http.StatusOK {
		t.Fatalf("%s: status %d, %s, %v", recorded["key"], status, body, err)
	}
	return lacking("", any(recorded), any(got))
}

// oneALine gives JSON Lines as they are, and one JSON text as one line.
func oneALine(t *testing.T, text []byte) []byte {
	t.Helper()
	if json.Valid(text) {
		var line bytes.Buffer
		if err := json.Compact(&line, text); err != nil {
			t.Fatal(err)
		}
		return line.Bytes()
	}
	return bytes.TrimSpace(text)
}

// TestRecordedWebhooks takes the issues out of recorded calls of webhooks: the
// site that gets one must give it back, and must tell of a person and of a
// change as the call does.
func TestRecordedWebhooks(t *testing.T) {
	for _, f := range labFiles(t, "webhooks") {
		t.Run(filepath.Base(f), func(t *testing.T) {
			var call struct{ User, Issue, Changelog map[string]any }
			labJSON(t, "webhooks/"+filepath.Base(f), &call)
			deployment := Cloud
			if strings.Contains(f, "webhook-server") {
				deployment = DataCenter
			}
			var seed Seed
			seed.Deployment = deployment
			if call.Issue["fields"] != nil {
				if err := seed.Read(bytes.NewReader(encode(call.Issue))); err != nil {
					t.Fatal(err)
				}
			}
			site := New(seed, func() time.Time { return noon })
			var short []string
			if call.Issue["fields"] != nil {
				short = issueLacks(t, site, call.Issue)
			}
			var me any
			asked(t, site, "GET", "/rest/api/2/myself", "", &me)
			short = append(short, lacking("user", any(call.User), me)...)
			for _, why := range short {
				if !right(why) {
					t.Error(why)
				}
			}
		})
	}
}
