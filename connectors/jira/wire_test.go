package jira

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"an offset without a colon", `"2026-09-27T10:03:11.123+0200"`, "2026-09-27T08:03:11.123Z"},
		{"an offset of half an hour", `"2025-10-15T09:55:04+0330"`, "2025-10-15T06:25:04Z"},
		{"RFC 3339 as sprints have it", `"2026-01-02T03:04:05.678Z"`, "2026-01-02T03:04:05.678Z"},
		{"an offset with a colon", `"2026-01-02T03:04:05-05:00"`, "2026-01-02T08:04:05Z"},
		{"milliseconds since the epoch, which no issue has", `1760509504062`, ""},
		{"a word", `"yesterday"`, ""},
		{"a broken number", `1.5`, ""},
		{"an object", `{}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at, err := parseTime(json.RawMessage(tt.raw))
			got := ""
			if err == nil {
				got = at.Format(time.RFC3339Nano)
			}
			if got != tt.want {
				t.Errorf("parseTime(%s) = %q, %v, want %q", tt.raw, got, err, tt.want)
			}
		})
	}
}

func FuzzParseTime(f *testing.F) {
	f.Add(`"2026-09-27T10:03:11.123+0200"`)
	f.Add(`1760509504062`)
	f.Add(`"2026-09-27"`)
	f.Fuzz(func(t *testing.T, s string) {
		at, err := parseTime(json.RawMessage(s))
		if err != nil {
			return
		}
		if at.Location() != time.UTC {
			t.Errorf("parseTime(%s) is not in UTC", s)
		}
		if year := at.Year(); year < 0 || year > 9999 {
			return
		}
		text, err := json.Marshal(at.Format("2006-01-02T15:04:05.999999999-0700"))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parseTime(text); err != nil || !again.Equal(at) {
			t.Errorf("parseTime(%s) = %v, written as %s it reads %v, %v", s, at, text, again, err)
		}
	})
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{`1`, `"-1"`, `{"value":"7"}`, `[[["3"]]]`, `"0x1p4"`, `"NaN"`, `"1_0"`, `"Inf"`, `{"votes":1e400}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		x, ok, err := number(json.RawMessage(s))
		if ok && (err != nil || math.IsNaN(x) || math.IsInf(x, 0)) {
			t.Errorf("number(%s) = %v, %v, %v", s, x, ok, err)
		}
	})
}

func TestRunningSprint(t *testing.T) {
	java := func(state, name string) string {
		return `"com.atlassian.greenhopper.service.sprint.Sprint@4a655f6a[id=8,rapidViewId=13,state=` + state + `,name=` + name +
			`,startDate=2013-01-08T16:14:28.081Z,endDate=2013-01-22,completeDate=<null>,sequence=8]"`
	}
	tests := []struct {
		name, raw   string
		running, ok bool
	}{
		{"none", `null`, false, true},
		{"an empty list", `[]`, false, true},
		{"an active one among past ones", `[{"state":"closed"},{"state":"active"}]`, true, true},
		{"a future one", `[{"state":"future"}]`, false, true},
		{"one object alone, as Jira Software gives it", `{"id":5,"state":"active"}`, true, true},
		{"a Java text", `[` + java("ACTIVE", "Sprint 1") + `]`, true, true},
		{"a Java text whose name holds commas", `[` + java("CLOSED", "a, b,state=ACTIVE") + `]`, false, true},
		{"the old order of a Java text", `["x[rapidViewId=13,state=ACTIVE,name=n,id=8]"]`, true, true},
		{"a Java text with the state last", `["x[id=8,state=ACTIVE]"]`, true, true},
		{"a text that is no sprint", `["sprint 1"]`, false, false},
		{"a number", `[7]`, false, false},
		{"an object without a state", `[{"id":1}]`, false, false},
		{"one that is odd does not hide one that runs", `[7,{"state":"active"}]`, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			running, ok := runningSprint(json.RawMessage(tt.raw))
			if running != tt.running || ok != tt.ok {
				t.Errorf("runningSprint(%s) = %v, %v, want %v, %v", tt.raw, running, ok, tt.running, tt.ok)
			}
		})
	}
}

func FuzzSprint(f *testing.F) {
	f.Add("com.atlassian.greenhopper.service.sprint.Sprint@4a[id=8,state=ACTIVE,name=x]")
	f.Add("[state=[,]")
	f.Fuzz(func(t *testing.T, s string) {
		state, ok := javaState(s)
		if ok && !strings.Contains(s, "state="+state) {
			t.Errorf("javaState(%q) made up %q", s, state)
		}
	})
}

func TestFlexID(t *testing.T) {
	for raw, want := range map[string]string{`"10042"`: "10042", `10042`: "10042", `null`: ""} {
		var id flexID
		if err := json.Unmarshal([]byte(raw), &id); err != nil || string(id) != want {
			t.Errorf("id %s reads %q, %v, want %q", raw, id, err, want)
		}
	}
	for _, raw := range []string{`1.5`, `{}`, `-1`, `1e3`} {
		var id flexID
		if err := json.Unmarshal([]byte(raw), &id); err == nil {
			t.Errorf("id %s reads %q, want an error", raw, id)
		}
	}
}
