package main

import (
	"errors"
	"net/http"
	"time"

	"stackrank/config"
	"stackrank/connectors"
	"stackrank/connectors/jira"
	"stackrank/connectors/trello"
	"stackrank/internal/rest"
)

// kind is one kind of source.
type kind struct {
	options func() any            // a pointer to its own settings with their defaults
	selects func(options any) any // the settings that say which items there are
	opening func(w wiring, options any, look lookup) (opening, error)
}

// lookup resolves env:NAME and file:PATH.
type lookup = func(ref string) (string, error)

// opening is a source that is about to be opened: how its requests are made and
// what to do with the client that makes them.
type opening struct {
	transport rest.Options
	rules     []rest.Rule
	key       rest.Secret // shared by several credentials, with a limit of its own; zero: none
	keyRules  []rest.Rule
	headers   func(http.Header) (remaining int, reset time.Duration, ok bool)
	scope     func(*rest.Error) string
	connect   func(*http.Client) (connectors.Connector, error)
}

// kinds is the table of what stackrank connects to.
var kinds = map[string]kind{
	"jira":   {options: func() any { return &jira.Options{Notify: jira.Quiet} }, selects: selectsJira, opening: openJira},
	"trello": {options: func() any { return &trello.Options{URL: trello.DefaultURL} }, selects: selectsTrello, opening: openTrello},
}

func configKinds() config.Kinds {
	out := config.Kinds{}
	for name, k := range kinds {
		out[name] = k.options
	}
	return out
}

// selectsJira leaves out by whom and how issues are written.
func selectsJira(options any) any {
	o := *options.(*jira.Options)
	o.Auth, o.Notify = jira.Auth{}, ""
	return o
}

// selectsTrello leaves out by whom cards are written.
func selectsTrello(options any) any {
	o := *options.(*trello.Options)
	o.Auth = trello.Auth{}
	return o
}

func openJira(w wiring, options any, look lookup) (opening, error) {
	o := *options.(*jira.Options)
	var err error
	if o.Auth.Token, err = o.Auth.Token.Resolve(look); err != nil {
		return opening{}, err
	}
	t, err := jira.Transport(w.Source, o)
	return opening{
		transport: t, rules: jira.Rules(), headers: jira.Headers, scope: jira.Scope,
		connect: func(hc *http.Client) (connectors.Connector, error) { return jira.New(jira.Wiring(w), o, hc) },
	}, err
}

func openTrello(w wiring, options any, look lookup) (opening, error) {
	o := *options.(*trello.Options)
	var errs [2]error
	o.Auth.Key, errs[0] = o.Auth.Key.Resolve(look)
	o.Auth.Token, errs[1] = o.Auth.Token.Resolve(look)
	if err := errors.Join(errs[:]...); err != nil {
		return opening{}, err
	}
	t, err := trello.Transport(w.Source, o)
	return opening{
		transport: t, rules: trello.Rules(), headers: trello.Headers, scope: trello.Scope,
		key: o.Auth.Key, keyRules: trello.KeyRules(),
		connect: func(hc *http.Client) (connectors.Connector, error) { return trello.New(trello.Wiring(w), o, hc) },
	}, err
}
