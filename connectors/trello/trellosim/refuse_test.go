package trellosim

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRefusalsHaveTheServicesWords(t *testing.T) {
	long := strings.Repeat("x", longest+1)
	const objectId = `{"error":"ERROR","message":"Invalid objectId"}`
	const badItem = `{"error":"ERROR","message":"Invalid custom field item value."}`
	tests := []struct {
		name, method, path, body string
		status                   int
		want                     string
	}{
		{"an id that cannot be one", "GET", "/1/cards/nope", "", 400, "invalid id"},
		{"a short link where only ids go", "GET", "/1/lists/AAAAAAAA", "", 400, "invalid id"},
		{"a card that is not there", "GET", "/1/cards/" + nobodyID, "", 404, "The requested resource was not found."},
		{"a short link of no card", "GET", "/1/cards/ZZZZZZZZ", "", 404, "The requested resource was not found."},
		{"a board that is not there", "GET", "/1/boards/" + nobodyID + "/cards", "", 404, "The requested resource was not found."},
		{"a filter that is none", "GET", "/1/boards/" + boardID + "/cards?filter=mine", "", 400, "invalid value for filter"},
		{"a page over a thousand", "GET", "/1/boards/" + boardID + "/cards?limit=1001", "", 400, "invalid value for limit"},
		{"a before that is no id and no date", "GET", "/1/boards/" + boardID + "/cards?before=x", "", 400, "invalid value for before"},
		{"an empty name", "PUT", "/1/cards/" + cardA, `{"name":""}`, 400, "invalid value for name"},
		{"a description over 16384 characters", "PUT", "/1/cards/" + cardA, `{"desc":"` + long + `"}`, 400, "invalid value for desc"},
		{"a list by short link", "PUT", "/1/cards/" + cardA, `{"idList":"AAAAAAAA"}`, 400, objectId},
		{"a list that is not there", "PUT", "/1/cards/" + cardA, `{"idList":"` + nobodyID + `"}`, 400, "invalid value for idList"},
		{"a position below zero", "PUT", "/1/cards/" + cardA, `{"pos":-1}`, 400, "invalid value for pos"},
		{"a position that is no number", "PUT", "/1/cards/" + cardA, `{"pos":"NaN"}`, 400, "invalid value for pos"},
		{"a flag that is none", "PUT", "/1/cards/" + cardA, `{"closed":"maybe"}`, 400, "invalid value for closed"},
		{"a date that is none", "PUT", "/1/cards/" + cardA, `{"due":"soon"}`, 400, "invalid value for due"},
		{"a label twice", "PUT", "/1/cards/" + cardA, `{"idLabels":["` + labelID + `","` + labelID + `"]}`, 400, "label not found"},
		{"a label of no board", "PUT", "/1/cards/" + cardA, `{"idLabels":"` + nobodyID + `"}`, 400, "invalid value for idLabels"},
		{"a card without a list", "POST", "/1/cards", `{"name":"x"}`, 400, "invalid value for idList"},
		{"a label without a colour", "POST", "/1/labels", `{"name":"x","idBoard":"` + boardID + `"}`, 400, "invalid value for color"},
		{"a colour that is none", "POST", "/1/labels", `{"name":"x","color":"beige","idBoard":"` + boardID + `"}`, 400, "invalid value for color"},
		{"taking off a label that is not on", "DELETE", "/1/cards/" + cardA + "/idLabels/" + labelID, "", 400, "that label is not on the card"},
		{"a vote taken back that was not given", "DELETE", "/1/cards/" + cardA + "/membersVoted/" + memberID, "", 400, "member has not voted on the card"},
		{"a number as a number", "PUT", "/1/cards/" + cardA + "/customField/" + numberID + "/item", `{"value":{"number":5}}`, 400, badItem},
		{"a number that is a word", "PUT", "/1/cards/" + cardA + "/customField/" + numberID + "/item", `{"value":{"number":"five"}}`, 400, badItem},
		{"a number that is not finite", "PUT", "/1/cards/" + cardA + "/customField/" + numberID + "/item", `{"value":{"number":"NaN"}}`, 400, badItem},
		{"a text for a number field", "PUT", "/1/cards/" + cardA + "/customField/" + numberID + "/item", `{"value":{"text":"5"}}`, 400, badItem},
		{"an option that is not there", "PUT", "/1/cards/" + cardA + "/customField/" + choiceID + "/item", `{"idValue":"` + nobodyID + `"}`, 400, badItem},
		{"a value for a list field", "PUT", "/1/cards/" + cardA + "/customField/" + choiceID + "/item", `{"value":{"text":"S"}}`, 400, badItem},
		{"a field without a type", "POST", "/1/customFields", `{"idModel":"` + boardID + `","modelType":"board","name":"N","pos":"bottom"}`, 400, "invalid value for type"},
		{"a field without a position", "POST", "/1/customFields", `{"idModel":"` + boardID + `","modelType":"board","name":"N","type":"text"}`, 400, "invalid value for pos"},
		{"an attachment that is no URL", "POST", "/1/cards/" + cardA + "/attachments", `{"url":"ftp://x"}`, 400, "invalid value for url"},
		{"an empty comment", "POST", "/1/cards/" + cardA + "/actions/comments", `{"text":""}`, 400, "invalid value for text"},
		{"a mirror of nothing", "POST", "/1/cards", `{"idList":"` + listID + `","name":"https://trello.com/c/ZZZZZZZZ","cardRole":"mirror"}`, 400, "invalid value for name"},
		{"eleven in a batch", "GET", "/1/batch?urls=" + strings.Repeat("/cards/"+cardA+",", 10) + "/cards/" + cardA, "", 400, "invalid value for urls"},
		{"a long text in the query", "PUT", "/1/cards/" + cardA + "?desc=" + long, "", 414, "Request-URI Too Large"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := smallSite(t)
			before := s.Dump()
			rec := call(t, s, tt.method, tt.path, tt.body)
			if rec.Code != tt.status || rec.Body.String() != tt.want {
				t.Errorf("%s %.80s %.60s: %d %s, want %d %s", tt.method, tt.path, tt.body, rec.Code, rec.Body, tt.status, tt.want)
			}
			kind := "text/plain; charset=utf-8"
			if strings.HasPrefix(tt.want, "{") {
				kind = "application/json; charset=utf-8"
			}
			if got := rec.Header().Get("Content-Type"); got != kind {
				t.Errorf("content type %q, want %q", got, kind)
			}
			sameDump(t, before, s.Dump())
		})
	}
}

func TestCredentialsAreRefusedInOrder(t *testing.T) {
	const scopes = `{"message":"missing scopes"}`
	good := `OAuth oauth_consumer_key="` + DefaultKey + `", oauth_token="` + DefaultToken + `"`
	tests := []struct {
		name, method, path, auth string
		status                   int
		want                     string
	}{
		{"the id is looked at before the credentials", "GET", "/1/cards/nope", "", 400, "invalid id"},
		{"no credentials", "GET", "/1/cards/" + cardA, "", 401, "invalid key"},
		{"a wrong key", "GET", "/1/cards/" + cardA, `OAuth oauth_consumer_key="x", oauth_token="` + DefaultToken + `"`, 401, "invalid key"},
		{"no token for a read", "GET", "/1/cards/" + cardA, `OAuth oauth_consumer_key="` + DefaultKey + `"`, 401, "invalid token"},
		{"no token for a write", "PUT", "/1/cards/" + cardA, `OAuth oauth_consumer_key="` + DefaultKey + `"`, 401, scopes},
		{"a wrong token", "PUT", "/1/cards/" + cardA, `OAuth oauth_consumer_key="` + DefaultKey + `", oauth_token="x"`, 401, "invalid token"},
		{"key and token in the query", "GET", "/1/cards/" + cardA + "?fields=id&key=" + DefaultKey + "&token=" + DefaultToken, "", 200, `{"id":"` + cardA + `"}`},
		{"the header", "GET", "/1/cards/" + cardA + "?fields=id", good, 200, `{"id":"` + cardA + `"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := smallSite(t)
			r := httptest.NewRequest(tt.method, tt.path, http.NoBody)
			if tt.auth != "" {
				r.Header.Set("Authorization", tt.auth)
			}
			rec := httptest.NewRecorder()
			s.ServeHTTP(rec, r)
			if rec.Code != tt.status || rec.Body.String() != tt.want {
				t.Errorf("%d %s, want %d %s", rec.Code, rec.Body, tt.status, tt.want)
			}
		})
	}
}

func TestRightsAreRefusedByWhatIsAskedFor(t *testing.T) {
	tests := []struct {
		name               string
		turn               func(*Switches)
		method, path, body string
		status             int
		want               string
	}{
		{"a board without membership", func(s *Switches) { s.Membership(boardID, false) }, "GET", "/1/boards/" + boardID, "", 401, "unauthorized permission requested"},
		{"a card without membership", func(s *Switches) { s.Membership(boardID, false) }, "GET", "/1/cards/AAAAAAAA", "", 401, "unauthorized card permission requested"},
		{"a write with a reading token", func(s *Switches) { s.ReadOnlyToken(true) }, "PUT", "/1/cards/" + cardA, `{"name":"x"}`, 401, `{"message":"missing scopes"}`},
		{"a field value where fields are off", func(s *Switches) { s.CustomFields(boardID, FieldsOff) }, "PUT", "/1/cards/" + cardA + "/customField/" + numberID + "/item", `{"value":{"number":"1"}}`, 403, "Custom fields are not available on this board"},
		{"definitions where fields are off stay readable", func(s *Switches) { s.CustomFields(boardID, FieldsOff) }, "GET", "/1/customFields/" + numberID + "?fields=name", "", 200, `{"id":"` + numberID + `","name":"Score"}`},
		{"definitions where the plan has none", func(s *Switches) { s.CustomFields(boardID, FieldsNotInPlan) }, "GET", "/1/boards/" + boardID + "/customFields", "", 200, `[]`},
		{"a new field where the plan has none", func(s *Switches) { s.CustomFields(boardID, FieldsNotInPlan) }, "POST", "/1/customFields", `{"idModel":"` + boardID + `","modelType":"board","name":"N","type":"text","pos":"top"}`, 403, "Custom fields are not available on this board"},
		{"202 in place of 200", func(s *Switches) { s.Accepted(true) }, "GET", "/1/cards/" + cardA + "?fields=name", "", 202, `{"id":"` + cardA + `","name":"A"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := smallSite(t)
			tt.turn(s.Switches())
			rec := call(t, s, tt.method, tt.path, tt.body)
			if rec.Code != tt.status || rec.Body.String() != tt.want {
				t.Errorf("%d %s, want %d %s", rec.Code, rec.Body, tt.status, tt.want)
			}
		})
	}
}

func TestArrangedFaults(t *testing.T) {
	s, _ := smallSite(t)
	s.Fail("PUT /1/cards/{id}", 503, 1)
	s.Fail("/1/lists/*", 429, 1)
	s.FailHTML("/1/boards/"+boardID, 200, 1)
	s.Redirect("/1/members/me", "https://elsewhere.example/", 1)
	s.Switches().RetryAfter(3e9)
	tests := []struct {
		name, method, path string
		status             int
		header, value      string
	}{
		{"a read is not what was to fail", "GET", "/1/cards/" + cardA, 200, "Content-Type", "application/json; charset=utf-8"},
		{"the write fails", "PUT", "/1/cards/" + cardA + "?name=x", 503, "Content-Type", "text/plain; charset=utf-8"},
		{"once", "PUT", "/1/cards/" + cardA + "?name=x", 200, "Content-Type", "application/json; charset=utf-8"},
		{"all below a path, with Retry-After", "GET", "/1/lists/" + listID, 429, "Retry-After", "3"},
		{"a page with 200", "GET", "/1/boards/" + boardID, 200, "Content-Type", "text/html; charset=utf-8"},
		{"a redirect elsewhere", "GET", "/1/members/me", 302, "Location", "https://elsewhere.example/"},
	}
	for _, tt := range tests {
		rec := call(t, s, tt.method, tt.path, "")
		if rec.Code != tt.status || rec.Header().Get(tt.header) != tt.value {
			t.Errorf("%s: %d, %s %q, want %d, %q", tt.name, rec.Code, tt.header, rec.Header().Get(tt.header), tt.status, tt.value)
		}
	}
	if rec := call(t, s, "GET", "/1/nowhere", ""); rec.Code != 404 || !strings.Contains(rec.Body.String(), "Cannot GET /1/nowhere") {
		t.Errorf("unknown route: %d %s", rec.Code, rec.Body)
	}
}

func TestEveryAnswerTellsOfTheRateLimits(t *testing.T) {
	s, _ := smallSite(t)
	if got := call(t, s, "GET", "/1/cards/"+cardA, "").Header().Get("x-rate-limit-api-token-remaining"); got != "100" {
		t.Errorf("without limits %s of 100 remain, want all", got)
	}
	s.Switches().RateLimits(true)
	for _, path := range []string{"/1/cards/" + cardA, "/1/cards/nope", "/1/nowhere"} {
		h := call(t, s, "GET", path, "").Header()
		for _, who := range []string{"api-key", "api-token", "member"} {
			for _, what := range []string{"interval-ms", "max", "remaining"} {
				if h.Get("x-rate-limit-"+who+"-"+what) == "" {
					t.Errorf("GET %s: no x-rate-limit-%s-%s", path, who, what)
				}
			}
		}
	}
	if got := call(t, s, "GET", "/1/cards/"+cardA, "").Header().Get("x-rate-limit-api-token-remaining"); got != "96" {
		t.Errorf("after 4 requests %s of 100 remain, want 96", got)
	}
}

func TestTheHundredAndFirstRequestInTenSecondsIsRefused(t *testing.T) {
	s, c := smallSite(t)
	s.Switches().RateLimits(true)
	for range perToken {
		if rec := call(t, s, "GET", "/1/lists/"+listID, ""); rec.Code != 200 {
			t.Fatalf("%d %s within the limit", rec.Code, rec.Body)
		}
	}
	rec := call(t, s, "GET", "/1/lists/"+listID, "")
	const want = `{"error":"API_TOKEN_LIMIT_EXCEEDED","message":"Rate limit exceeded"}`
	if rec.Code != 429 || rec.Body.String() != want {
		t.Errorf("%d %s, want 429 %s", rec.Code, rec.Body, want)
	}
	c.t = c.t.Add(window)
	if rec := call(t, s, "GET", "/1/lists/"+listID, ""); rec.Code != 200 {
		t.Errorf("%d %s in the next window", rec.Code, rec.Body)
	}
}
