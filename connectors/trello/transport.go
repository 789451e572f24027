package trello

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// Transport says how requests to Trello are made: signed by a header, so that
// neither key nor token stands in an address.
func Transport(source string, o Options) (rest.Options, error) {
	base, err := parseBase(o.address())
	if err != nil {
		return rest.Options{}, fmt.Errorf("source %s: %w", source, err)
	}
	sign := fmt.Sprintf("OAuth oauth_consumer_key=%q, oauth_token=%q", o.Auth.Key.Reveal(), o.Auth.Token.Reveal())
	return rest.Options{
		Source:     source,
		Base:       base,
		Authorize:  func(h http.Header) { h.Set("Authorization", sign) },
		Secrets:    []rest.Secret{o.Auth.Key, o.Auth.Token},
		Idempotent: repeatable,
		Describe:   describe,
		Kind:       kindOf,
		Route:      route,
	}, nil
}

// repeatable reports whether a request may be sent twice: every method but
// POST, and the POST that puts a label on a card, which a second one finds done.
func repeatable(r *http.Request) bool {
	return r.Method != http.MethodPost || strings.HasSuffix(r.URL.Path, "/idLabels")
}

// KeyRules gives the limit that all tokens of one key share.
// Source: Trello REST API, "Rate limits" (2026-01-26): 300 requests in 10 s.
func KeyRules() []rest.Rule {
	return []rest.Rule{{Name: "key", Requests: 300, Per: 10 * time.Second}}
}

// Rules gives Trello's published limits for a token; KeyRules has that of a key.
// Source: Trello REST API, "Rate limits" (2026-01-26): 100 requests in 10 s
// for a token, 100 in 900 s for /1/members and as much for /1/search.
func Rules() []rest.Rule {
	return []rest.Rule{
		{Name: ruleToken, Requests: 100, Per: 10 * time.Second},
		{Name: ruleMembers, Match: onRoute("members", "membersSearch"), Requests: 100, Per: 900 * time.Second},
		{Name: ruleSearch, Match: onRoute("search"), Requests: 100, Per: 900 * time.Second},
	}
}

const (
	ruleToken   = "token"
	ruleMembers = "members"
	ruleSearch  = "search"
)

// Scope names the rule that a 429 is about, by Trello's code for it. All
// requests wait for what it cannot tell.
func Scope(e *rest.Error) string {
	if strings.Contains(e.Message, "/1/member") || e.Code == "MEMBER_LIMIT_EXCEEDED" {
		return ruleMembers
	}
	return ruleToken
}

// onRoute matches the routes themselves; nested ones such as
// /1/members/me/boards are not counted by Trello.
func onRoute(names ...string) func(*http.Request) (string, bool) {
	return func(r *http.Request) (string, bool) {
		parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
		for i, p := range parts {
			for _, n := range names {
				if p == n {
					return n, len(parts)-i <= 2
				}
			}
		}
		return "", false
	}
}

// Headers reads how many requests are left in the tightest of the windows that
// an answer tells of, and when that window is over at the latest.
func Headers(h http.Header) (remaining int, reset time.Duration, ok bool) {
	for _, kind := range []string{"token", "key"} {
		left, err := strconv.Atoi(h.Get("X-Rate-Limit-Api-" + kind + "-Remaining"))
		if err != nil || left < 0 || (ok && left >= remaining) {
			continue
		}
		ms, err := strconv.Atoi(h.Get("X-Rate-Limit-Api-" + kind + "-Interval-Ms"))
		if err != nil || ms <= 0 || ms > int(time.Hour/time.Millisecond) {
			continue
		}
		remaining, reset, ok = left, time.Duration(ms)*time.Millisecond, true
	}
	return remaining, reset, ok
}

// route names a request without ids, so that counters stay few and the token
// of /1/tokens/{token} is shown nowhere.
func route(r *http.Request) string {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	for i := 1; i < len(parts); i++ {
		switch {
		case parts[i-1] == "tokens":
			parts[i] = "{token}"
		case plainID.MatchString(parts[i]) && parts[i-1] != "1" && !routeWords[parts[i]]:
			parts[i] = "{id}"
		}
	}
	return r.Method + " /" + strings.Join(parts, "/")
}

// routeWords are parts of routes that look like a short link.
var routeWords = map[string]bool{"comments": true, "idLabels": true, "webhooks": true}

// remedy says what to do when an answer holds the text.
type remedy struct{ text, todo string }

// remedies say what to do about the texts that Trello refuses with.
// Source: recorded answers of the live API.
var remedies = []remedy{
	{"invalid key", "the key is wrong or was deleted; take it from https://trello.com/apps/admin"},
	{"invalid token", "the token is wrong, expired or revoked; make a new one for your key with scope=read,write"},
	{"unauthorized token", "the token is wrong, expired or revoked; make a new one for your key with scope=read,write"},
	{"missing scopes", "the token may not do this; make a new one with scope=read,write"},
	{"permission requested", "the account of the token has no right to this; invite it to the board"},
	{"invalid id", "there is no such board, list or card; correct the address"},
	{"requested resource was not found", "it is gone, or its address is wrong"},
	{"API_TOO_MANY_CARDS_REQUESTED", "the board holds more cards than one answer may"},
}

// describe reads the body of a refusal: JSON with a code, or plain text.
func describe(_ int, _ http.Header, body []byte) (code, message string) {
	text := strings.TrimSpace(string(body))
	var answer struct {
		Error   any `json:"error"`
		Message any `json:"message"`
	}
	if strings.HasPrefix(text, "{") && json.Unmarshal(body, &answer) == nil {
		code, _ = answer.Error.(string)
		message, _ = answer.Message.(string)
		text = cmp.Or(message, code, text)
	}
	for _, r := range remedies {
		if strings.Contains(text, r.text) || code == r.text {
			return code, strings.TrimSuffix(text, ".") + ": " + r.todo
		}
	}
	return code, text
}

// kindOf tells a missing right from refused credentials, which Trello both
// answers with 401, and a request that is too big from one that is wrong.
func kindOf(e *rest.Error) error {
	switch {
	case e.Status == http.StatusUnauthorized && strings.Contains(e.Message, "permission requested"):
		return work.ErrForbidden
	case tooBig(e):
		return work.ErrInvalid
	}
	return nil
}

// statusPartFailed is Trello's own status for an answer of which a part could
// not be put together.
const statusPartFailed = 449

// tooBig reports whether a smaller page might be answered. The status of a
// page with too many cards is not certain, so its code decides.
func tooBig(e *rest.Error) bool {
	switch {
	case e.Code == "API_TOO_MANY_CARDS_REQUESTED", e.Status == statusPartFailed:
		return true
	case e.Status == http.StatusForbidden && strings.Contains(e.Message, "Too many"):
		return true
	}
	return false
}
