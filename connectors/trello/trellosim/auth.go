package trellosim

import (
	"net/http"
	"regexp"
)

var oauthPart = regexp.MustCompile(`(oauth_consumer_key|oauth_token)="([^"]*)"`)

// credentials finds key and token in the Authorization header or among the
// parameters; the header wins.
func credentials(header string, p params) (key, token string) {
	key, _ = p.text("key")
	token, _ = p.text("token")
	for _, m := range oauthPart.FindAllStringSubmatch(header, -1) {
		if m[1] == "oauth_consumer_key" {
			key = m[2]
		} else {
			token = m[2]
		}
	}
	return key, token
}

// authorize checks the credentials of q. A write without any token, or with a
// token without that scope, is refused in JSON; everything else in plain text.
func (s *Site) authorize(q *request) error {
	write := q.method != http.MethodGet && q.method != http.MethodHead
	switch {
	case q.key != s.seed.key():
		return unauthorized("invalid key")
	case q.token == "" && write:
		return missingScopes()
	case q.token != s.seed.token():
		return unauthorized("invalid token")
	case write && s.switches.isReadOnly():
		return missingScopes()
	}
	return nil
}
