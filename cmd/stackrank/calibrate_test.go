package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"stackrank/internal/report"
)

// calibration gives the document of a calibration.
func (r *rig) calibration(t *testing.T, args ...string) report.Calibration {
	t.Helper()
	var c report.Calibration
	if err := json.Unmarshal([]byte(r.run(t, exitDone, append([]string{"calibrate", "--format", "json"}, args...)...)), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCalibrateChangesThePolicyAndSaysToWhich(t *testing.T) {
	r := newRig(t, simOptions{})
	before := r.report(t).Policy.Digest
	said := r.calibration(t)
	if said.Digest != before || said.Becomes == before || said.Written {
		t.Errorf("calibration %+v of the policy %s", said, before)
	}
	if d := r.report(t).Policy.Digest; d != before {
		t.Errorf("without --write the policy became %s", d)
	}
	if c := r.calibration(t, "--write"); !c.Written || c.Becomes != said.Becomes {
		t.Errorf("calibration %+v, want %s written", c, said.Becomes)
	}
	if d := r.report(t).Policy.Digest; d != said.Becomes {
		t.Errorf("the policy became %s, want %s", d, said.Becomes)
	}
	if jira, trello := r.stats(t); jira.Writes+trello.Writes != 0 {
		t.Errorf("%d and %d writes to the trackers", jira.Writes, trello.Writes)
	}
}

func TestAPersonIsHeardOnTheScaleThatCalibrateLearned(t *testing.T) {
	r := newRig(t, simOptions{})
	r.configure(t, "revenue: ARR at risk", "anna: ARR at risk")
	r.configure(t, "revenue: Revenue", "anna: Revenue")
	r.configure(t, "        revenue: 0.30", "        stakeholders: 0.30\n      stakeholders: [{name: Anna, signal: anna}]")
	if anna := r.report(t).Stakeholders.People[0]; anna.Scaled || !anna.Over || anna.Rated == 0 {
		t.Errorf("before calibrating: %+v", anna)
	}
	c := r.calibration(t, "--write")
	i := slices.IndexFunc(c.Anchors, func(a report.Anchor) bool { return a.Name == "anna" })
	if i < 0 || c.Anchors[i].Now != nil || len(c.Anchors[i].Found) != 21 {
		t.Fatalf("anchors %+v: want 21 quantiles of anna", c.Anchors)
	}
	if anna := r.report(t).Stakeholders.People[0]; !anna.Scaled || anna.Over {
		t.Errorf("after calibrating: %+v", anna)
	}
}

func TestWithoutItemsThereIsNothingToMeasure(t *testing.T) {
	r := newRig(t, simOptions{})
	r.configure(t, "statusCategory != Done", "statusCategory != Done AND statusCategory = Done")
	r.configure(t, "\n      - trello\n", "\n")
	r.configure(t, "        trello:\n          score: Score\n          rank: Rank\n          labels: true\n          order: true\n", "")
	out := r.run(t, exitFailed, "calibrate", "--write")
	if !strings.Contains(out, "backlog sandbox: no open items to measure on") {
		t.Errorf("said %q", out)
	}
}

func TestALinkToTheConfigurationStaysOne(t *testing.T) {
	r := newRig(t, simOptions{})
	real := filepath.Join(t.TempDir(), "real.yaml")
	text, err := os.ReadFile(r.file)
	if err == nil {
		err = os.WriteFile(real, text, 0o640)
	}
	if err == nil {
		err = os.Remove(r.file)
	}
	if err == nil {
		err = os.Symlink(real, r.file)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.run(t, exitDone, "calibrate", "--write")
	link, err := os.Lstat(r.file)
	if err != nil || link.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link became %v, %v", link, err)
	}
	if info, err := os.Stat(real); err != nil || info.Mode().Perm() != 0o640 || info.Size() <= int64(len(text)) {
		t.Errorf("the file became %v, %v", info, err)
	}
}
