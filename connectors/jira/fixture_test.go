package jira

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// siteFields are the fields of the made-up site that table tests read from.
const siteFields = `[
 {"id":"summary","name":"Summary","schema":{"type":"string","system":"summary"}},
 {"id":"priority","name":"Priority","schema":{"type":"priority","system":"priority"}},
 {"id":"votes","name":"Votes","schema":{"type":"votes","system":"votes"}},
 {"id":"customfield_10001","name":"ARR at risk","schema":{"type":"number","custom":"com.atlassian.jira.plugin.system.customfieldtypes:float"}},
 {"id":"customfield_10002","name":"Score","schema":{"type":"number","custom":"com.atlassian.jira.plugin.system.customfieldtypes:float"}},
 {"id":"customfield_10003","name":"Place","schema":{"type":"string","custom":"com.atlassian.jira.plugin.system.customfieldtypes:textfield"}},
 {"id":"customfield_10004","name":"Reach","schema":{"type":"option","custom":"com.atlassian.jira.plugin.system.customfieldtypes:select"}},
 {"id":"customfield_10010","name":"Story point estimate","schema":{"type":"number","custom":"com.pyxis.greenhopper.jira:jsw-story-points"}},
 {"id":"customfield_10011","name":"Story Points","schema":{"type":"number","custom":"com.atlassian.jira.plugin.system.customfieldtypes:float"}},
 {"id":"customfield_10012","name":"Story points confidence","schema":{"type":"number","custom":"com.atlassian.jira.plugin.system.customfieldtypes:float"}},
 {"id":"customfield_10019","name":"Rang","schema":{"type":"any","custom":"com.pyxis.greenhopper.jira:gh-lexo-rank"}},
 {"id":"customfield_10020","name":"Sprint","schema":{"type":"array","items":"json","custom":"com.pyxis.greenhopper.jira:gh-sprint"}},
 {"id":"customfield_10021","name":"Epic Link","schema":{"type":"any","custom":"com.pyxis.greenhopper.jira:gh-epic-link"}},
 {"id":"customfield_10022","name":"Epic Name","schema":{"type":"string","custom":"com.pyxis.greenhopper.jira:gh-epic-label"}},
 {"id":"customfield_10030","name":"Time to resolution","schema":{"type":"sd-servicelevelagreement","custom":"com.atlassian.servicedesk:sd-sla-field"}},
 {"id":"customfield_10031","name":"Time to first response","schema":{"type":"sd-servicelevelagreement","custom":"com.atlassian.servicedesk:sd-sla-field"}},
 {"id":"customfield_10040","name":"Impact","schema":{"type":"number","custom":"com.atlassian.jira.plugin.system.customfieldtypes:float"},"scope":{"type":"PROJECT","project":{"id":"1"}}},
 {"id":"customfield_10041","name":"Impact","schema":{"type":"number","custom":"com.atlassian.jira.plugin.system.customfieldtypes:float"},"scope":{"type":"PROJECT","project":{"id":"2"}}},
 {"id":"customfield_10045","name":"Acceptance Criteria","schema":{"type":"string","custom":"com.atlassian.jira.plugin.system.customfieldtypes:textarea"}},
 {"id":"customfield_10050","name":"Twice","schema":{"type":"number","custom":"com.atlassian.jira.plugin.system.customfieldtypes:float"}},
 {"id":"customfield_10051","name":"Twice","schema":{"type":"number","custom":"com.atlassian.jira.plugin.system.customfieldtypes:float"}}
]`

func testSite(t *testing.T) *site {
	t.Helper()
	s := &site{address: "https://acme.example", cloud: true, priorities: shares([]option{
		{ID: "1", Name: "Blocker"}, {ID: "2", Name: "Critical"}, {ID: "3", Name: "Major"}, {ID: "4", Name: "Minor"},
		{ID: "5", Name: "Trivial"}, {ID: "6", Name: "None"},
	})}
	if err := json.Unmarshal([]byte(siteFields), &s.fields); err != nil {
		t.Fatal(err)
	}
	s.ranks = s.fields.ofType(typeRank)
	return s
}

// testView converts for a wiring that maps one signal of each sort.
func testView(t *testing.T) *view {
	t.Helper()
	c, s := testConnector(t), testSite(t)
	w, err := c.resolve(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.fields = w
	return c.newView(s, w)
}

func testConnector(t *testing.T) *Connector {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Wiring{
		Source: "s", Zone: zone, LabelPrefix: "stackrank-", Labels: true, Order: true,
		Signals: map[work.Signal]string{work.Effort: storyPoints, "revenue": "ARR at risk", "reach": "customfield_10004", "impact": "impact"},
		Targets: map[work.Slot]string{work.SlotScore: "Score", work.SlotRank: "Place"},
	}, Options{URL: "https://acme.example", JQL: "project = PAY", Auth: Auth{Token: rest.SecretOf("x")}}, http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// parse reads an issue with the given fields.
func parse(t *testing.T, fields string) rawIssue {
	t.Helper()
	iss, err := readIssue(json.RawMessage(`{"id":"10042","key":"PAY-42","fields":`+fields+`}`), false)
	if err != nil {
		t.Fatal(err)
	}
	return iss
}
