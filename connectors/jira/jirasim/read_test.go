package jirasim

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestExportsAreToldApartByContent(t *testing.T) {
	const one, two = `{"id":"1","key":"A-1","fields":{"summary":"a"}}`, `{"id":2,"key":"A-2","fields":{"summary":"b"}}`
	tests := []struct {
		name, text, want string
	}{
		{"one issue over several lines", strings.ReplaceAll(one, ",", ",\n"), "A-1"},
		{"an array", "[" + one + "," + two + "]", "A-1 A-2"},
		{"a page of a search", `{"startAt":0,"issues":[` + one + "," + two + `]}`, "A-1 A-2"},
		{"a page without issues", `{"issues":[]}`, ""},
		{"lines of issues", one + "\n\n" + two + "\r\n", "A-1 A-2"},
		{"lines of pages", `{"issues":[` + one + "]}\n" + `{"issues":[` + two + "]}", "A-1 A-2"},
		{"a line separator in a text ends no line", strings.Replace(one, `"a"`, "\"a\u2028b\"", 1) + "\n" + two, "A-1 A-2"},
		{"a byte order mark", "\ufeff" + one, "A-1"},
		{"the first of two issues with one key stays", one + "\n" + strings.Replace(one, `"a"`, `"c"`, 1), "A-1"},
		{"two issues with one id are both kept", one + "\n" + strings.Replace(one, "A-1", "B-1", 1), "A-1 B-1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var seed Seed
			if err := seed.Read(strings.NewReader(tt.text)); err != nil {
				t.Fatal(err)
			}
			s := New(seed, func() time.Time { return noon })
			if got := keysIn(t, s.Dump()); got != tt.want {
				t.Errorf("issues %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWhatIsNoExportIsRefused(t *testing.T) {
	for _, text := range []string{`{"a":1}`, `[1]`, `"x"`, "{\"id\":\"1\",\"fields\":{}}\n{", "", "id,key\n1,A-1"} {
		var seed Seed
		if err := seed.Read(strings.NewReader(text)); (err == nil) != (text == "") {
			t.Errorf("%q: error %v with %d issues", text, err, len(seed.Issues))
		}
	}
}

func TestPagesTellNamesAndTypesOfFields(t *testing.T) {
	var seed Seed
	err := seed.Read(strings.NewReader(`{"issues":[{"id":"1","key":"A-1","fields":{"customfield_10070":null,"customfield_10071":"0|i00007:"}}],
		"names":{"customfield_10070":"ARR at risk"},"schema":{"customfield_10070":{"type":"number","custom":"` + NumberType + `","customId":10070}}}`))
	if err != nil {
		t.Fatal(err)
	}
	s := New(seed, func() time.Time { return noon })
	_, body := ask(t, s, "GET", "/rest/api/2/field", "")
	var fields []struct {
		ID, Name string
		Schema   fieldSchema
	}
	if err := json.Unmarshal(body, &fields); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"customfield_10070": "ARR at risk " + NumberType, "customfield_10071": "Rank " + RankType,
		"customfield_10050": "Priority Score " + NumberType, "customfield_10051": "Stack Rank " + NumberType,
	}
	for _, f := range fields {
		if w, ok := want[f.ID]; ok && w != f.Name+" "+f.Schema.Custom {
			t.Errorf("%s is %s %s, want %s", f.ID, f.Name, f.Schema.Custom, w)
		}
		delete(want, f.ID)
	}
	if len(want) > 0 {
		t.Errorf("missing fields: %v", want)
	}
}

func TestFieldsNamedByPeopleGetTheSameIDsOnEveryStart(t *testing.T) {
	var seed Seed
	if err := seed.Read(strings.NewReader(`[{"id":"1","key":"A-1","fields":{"Team":"a","Cost Center":1,"Due in Days":2,"Go Live":3,"Risk Class":4}}]`)); err != nil {
		t.Fatal(err)
	}
	_, first := ask(t, New(seed, func() time.Time { return noon }), "GET", "/rest/api/2/field", "")
	for range 10 {
		if _, again := ask(t, New(seed, func() time.Time { return noon }), "GET", "/rest/api/2/field", ""); string(again) != string(first) {
			t.Fatalf("fields %s, then %s", first, again)
		}
	}
}

func TestAnIssueWithoutProjectBelongsToThatOfItsKey(t *testing.T) {
	var seed Seed
	if err := seed.Read(strings.NewReader(`[{"id":"1","key":"A-1","fields":{}},{"id":"2","key":"A-2","fields":{}},{"id":"3","key":"B-1","fields":{}}]`)); err != nil {
		t.Fatal(err)
	}
	s := New(seed, func() time.Time { return noon })
	ids := map[string]string{}
	for _, key := range []string{"A-1", "A-2", "B-1"} {
		_, body := ask(t, s, "GET", "/rest/api/2/issue/"+key+"?fields=project", "")
		var i struct {
			Fields struct{ Project struct{ ID, Key string } }
		}
		if err := json.Unmarshal(body, &i); err != nil || i.Fields.Project.Key != key[:1] || i.Fields.Project.ID == "" {
			t.Fatalf("%s: %v in %s", key, err, body)
		}
		ids[key] = i.Fields.Project.ID
	}
	if ids["A-1"] != ids["A-2"] || ids["A-1"] == ids["B-1"] {
		t.Errorf("ids of the projects %v, want one for each key", ids)
	}
}

func TestAnIssueWithoutAlmostEverythingIsServed(t *testing.T) {
	var seed Seed
	if err := seed.Read(strings.NewReader(`{"key":"AC-523","fields":{"labels":null,"comment":null,"issuelinks":null,"sprint":{"id":7,"name":"S","state":"active"}}}`)); err != nil {
		t.Fatal(err)
	}
	s := New(seed, func() time.Time { return noon })
	if got := found(t, s, "project = AC AND statusCategory = new AND sprint in openSprints()"); got != "AC-523" {
		t.Errorf("found %q", got)
	}
	_, body := ask(t, s, "GET", "/rest/api/3/issue/AC-523?expand=changelog,transitions,editmeta,names,schema,operations", "")
	for _, absent := range []string{`"priority":`, `"status":`} {
		if before, _, _ := strings.Cut(string(body), `},"names"`); strings.Contains(before, absent) {
			t.Errorf("the issue has got %s", absent)
		}
	}
	if !json.Valid(body) {
		t.Errorf("no JSON: %s", body)
	}
	if got := s.Projects(); len(got) != 1 || got[0] != "AC" {
		t.Errorf("projects %v", got)
	}
}
