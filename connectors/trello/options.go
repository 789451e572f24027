package trello

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"stackrank/internal/rest"
)

// DefaultURL is the address of Trello's API.
const DefaultURL = "https://api.trello.com/1"

// Options is what the configuration says about one Trello source.
type Options struct {
	URL    string   `yaml:"url"`    // of the API, ending in /1; empty: DefaultURL
	Auth   Auth     `yaml:"auth"`   // of the acting account
	Boards []string `yaml:"boards"` // address, short link or id of each board
	Lists  []string `yaml:"lists"`  // name or id of each list to read; empty: all open lists
}

// Auth is a key and a token, made at https://trello.com/apps/admin. The token
// covers everything that its account may see.
type Auth struct {
	Key   rest.Secret `yaml:"key"`
	Token rest.Secret `yaml:"token"`
}

func (o Options) address() string { return cmp.Or(o.URL, DefaultURL) }

// Validate gives every problem of the options, each beginning with its key.
func (o Options) Validate() error {
	errs := o.wrong()
	if len(o.Boards) == 0 {
		errs = append(errs, errors.New("boards: empty: name at least one board by its address, such as https://trello.com/b/nC8QJoZN"))
	}
	return errors.Join(errs...)
}

// wrong gives what no use of the options can do with; a survey needs no boards.
func (o Options) wrong() []error {
	var errs []error
	if _, err := parseBase(o.address()); err != nil {
		errs = append(errs, err)
	}
	if o.Auth.Key.IsZero() {
		errs = append(errs, errors.New("auth.key: empty: make a key at https://trello.com/apps/admin and name it as env:NAME or file:PATH"))
	}
	if o.Auth.Token.IsZero() {
		errs = append(errs, errors.New("auth.token: empty: make a token for your key and name it as env:NAME or file:PATH"))
	}
	seen := map[string]bool{}
	for i, b := range o.Boards {
		id, err := boardID(b)
		if err == nil && seen[id] {
			err = fmt.Errorf("%s: named twice", shown(b))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("boards[%d]: %w", i, err))
		}
		seen[id] = true
	}
	for i, l := range o.Lists {
		if strings.TrimSpace(l) == "" {
			errs = append(errs, fmt.Errorf("lists[%d]: empty: want the name or the id of a list", i))
		}
	}
	return errs
}

func parseBase(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("url: %s: want %s", shown(s), DefaultURL)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("url: want an address without credentials, query and fragment, such as " + DefaultURL)
	}
	if !strings.HasSuffix(strings.TrimRight(u.Path, "/"), "/1") {
		return nil, fmt.Errorf("url: %q: want the API's address, which ends in /1, such as %s", s, DefaultURL)
	}
	return u, nil
}

// shown quotes an address for a message unless it may hold a credential, as one
// with a user, a query or a fragment may.
func shown(address string) string {
	if strings.ContainsAny(address, "@?#") {
		return "an address that may hold a credential"
	}
	return strconv.Quote(address)
}

var (
	boardPath = regexp.MustCompile(`^https?://[^/]+/b/([0-9A-Za-z]{8}|[0-9a-fA-F]{24})(?:[/?#].*)?$`)
	plainID   = regexp.MustCompile(`^(?:[0-9A-Za-z]{8}|[0-9a-fA-F]{24})$`)
)

// boardID reads the address, the short link or the id of a board.
func boardID(s string) (string, error) {
	s = strings.TrimSpace(s)
	if plainID.MatchString(s) {
		return s, nil
	}
	if m := boardPath.FindStringSubmatch(s); m != nil {
		return m[1], nil
	}
	return "", fmt.Errorf("%s: want a board's address, such as https://trello.com/b/nC8QJoZN, its short link or its id", shown(s))
}
