package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"stackrank/config"
	"stackrank/connectors"
	"stackrank/connectors/jira"
	"stackrank/connectors/trello"
	"stackrank/internal/rest"
	"stackrank/internal/work"
)

// initOptions are the flags of init.
type initOptions struct {
	backlog  string
	jiraURL  string
	jiraUser string
	jiraAuth string // a reference
	jql      string
	projects []string

	trelloURL   string
	trelloKey   string // a reference
	trelloToken string // a reference
	boards      []string
	lists       []string

	timezone string
	force    bool
}

func newInit(a *app) *cobra.Command {
	var o initOptions
	c := &cobra.Command{
		Use:   "init",
		Short: "Look at the trackers and write a configuration",
		Long: `Looks at what the trackers have, weights only what is really filled in, and writes
a commented configuration that reads everything and writes nothing unattended.
Credentials are given by reference and never written.`,
		Example: `  stackrank init --jira-url https://acme.atlassian.net --jira-user po@acme.com \
      --jira-token env:JIRA_TOKEN --project PAY
  stackrank init --trello-key env:TRELLO_KEY --trello-token env:TRELLO_TOKEN \
      --board https://trello.com/b/nC8QJoZN`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			file, err := cmd.Flags().GetString("config")
			if err != nil {
				return err
			}
			return a.init(cmd.Context(), file, o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.backlog, "name", "backlog", "name of the backlog: [a-z0-9-]+")
	f.StringVar(&o.jiraURL, "jira-url", "", "address of the Jira site")
	f.StringVar(&o.jiraUser, "jira-user", "", "e-mail of the account; none for a personal access token")
	f.StringVar(&o.jiraAuth, "jira-token", "env:JIRA_TOKEN", "where the token is: env:NAME or file:PATH")
	f.StringVar(&o.jql, "jql", "", "what the backlog holds; default: all open work of the projects")
	f.StringSliceVar(&o.projects, "project", nil, "keys of projects, with commas between them (repeatable); default: all that have open work")
	f.StringVar(&o.trelloURL, "trello-url", trello.DefaultURL, "address of Trello's API")
	f.StringVar(&o.trelloKey, "trello-key", "env:TRELLO_KEY", "where the key is: env:NAME or file:PATH")
	f.StringVar(&o.trelloToken, "trello-token", "env:TRELLO_TOKEN", "where the token is: env:NAME or file:PATH")
	f.StringArrayVar(&o.boards, "board", nil, "address of a Trello board (repeatable)")
	f.StringArrayVar(&o.lists, "list", nil, "name of a list (repeatable); default: all open lists")
	f.StringVar(&o.timezone, "timezone", "UTC", "zone in which days end")
	f.BoolVar(&o.force, "force", false, "overwrite the file")
	return c
}

// init looks at each tracker that is named and writes the configuration.
func (a *app) init(ctx context.Context, file string, o initOptions) error {
	if o.jiraURL == "" && len(o.boards) == 0 {
		return usage("name a Jira site with --jira-url or a Trello board with --board; see stackrank init --help")
	}
	if !work.IsName(o.backlog) {
		return usage("--name %q: want [a-z0-9-]+", o.backlog)
	}
	if _, err := time.LoadLocation(o.timezone); err != nil {
		return usage("--timezone %q: want a name such as Europe/Berlin or UTC", o.timezone)
	}
	if _, err := os.Stat(file); err == nil && !o.force {
		return usage("%s is there already; choose another file with --config or overwrite it with --force", file)
	}
	draft, err := a.survey(ctx, file, o)
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := initConfig.Execute(&b, draft); err != nil {
		return err
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		return err
	}
	a.viper.SetConfigFile(file)
	if _, _, err := a.load(); err != nil {
		return fmt.Errorf("what was written does not load: %w", err)
	}
	fmt.Fprintf(a.out, "wrote %s\n", file)
	for _, s := range draft.Sources {
		fmt.Fprintf(a.out, "  %s: %s\n", s.Name, s.Summary())
		if s.Open == 0 {
			fmt.Fprintf(a.out, "  %s: nothing open is found, so a report would be empty; choose with --jql, --project, --board or --list\n", s.Name)
		}
	}
	fmt.Fprintf(a.out, "next: stackrank check, then stackrank report; nothing is written to a tracker until you ask for it\n")
	return nil
}

// survey asks each tracker what it has.
func (a *app) survey(ctx context.Context, file string, o initOptions) (draft, error) {
	d := draft{Backlog: o.backlog, Timezone: o.timezone}
	folder, err := config.At(filepath.Dir(file))
	if err != nil {
		return d, err
	}
	open := a.opener(folder, zap.NewNop())
	for _, look := range []func(context.Context, *opener, initOptions) (*draftSource, error){surveyJira, surveyTrello} {
		s, err := look(ctx, open, o)
		if err != nil {
			return d, err
		}
		if s != nil {
			d.Sources = append(d.Sources, *s)
		}
	}
	d.Weights = weights(d.Sources)
	return d, nil
}

func surveyJira(ctx context.Context, open *opener, o initOptions) (*draftSource, error) {
	if o.jiraURL == "" {
		return nil, nil
	}
	token, err := reference(open, "--jira-token", o.jiraAuth)
	if err != nil {
		return nil, err
	}
	for i, key := range o.projects {
		o.projects[i] = strings.TrimSpace(key)
	}
	jql := o.jql
	if jql == "" && len(o.projects) > 0 {
		jql = openWork(o.projects)
	}
	options := &jira.Options{URL: o.jiraURL, Auth: jira.Auth{User: o.jiraUser, Token: token}, JQL: jql}
	if options.JQL == "" {
		options.JQL = openWork(nil)
	}
	s, err := surveyed(ctx, open, config.Source{Name: "jira", Kind: "jira", Options: options})
	if err != nil {
		return nil, err
	}
	if jql == "" {
		jql = openWork(s.keys("project"))
	}
	s.JQL, s.User, s.Secrets = jql, o.jiraUser, []secretLine{{"token", o.jiraAuth}}
	s.URL, s.Open = o.jiraURL, s.survey.Open
	return s, nil
}

// plainKey is a project key that JQL reads without quotes, unless it is a word
// of JQL itself.
var plainKey = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// reserved are words of JQL that could be keys.
// Source: "Advanced search reference", reserved words of two letters or more
// that are in use as operators, functions and values.
var reserved = map[string]bool{
	"AND": true, "OR": true, "NOT": true, "IN": true, "IS": true, "WAS": true, "EMPTY": true, "NULL": true,
	"ORDER": true, "BY": true, "ASC": true, "DESC": true, "CHANGED": true, "ON": true, "DURING": true,
	"AFTER": true, "BEFORE": true, "FROM": true, "TO": true, "ALL": true, "ANY": true, "SELECT": true, "SET": true,
}

// openWork is the query for all open work of the projects, or of the site where
// none is named.
func openWork(projects []string) string {
	if len(projects) == 0 {
		return "statusCategory != Done"
	}
	quoted := make([]string, len(projects))
	for i, p := range projects {
		quoted[i] = p
		if !plainKey.MatchString(p) || reserved[strings.ToUpper(p)] {
			quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p) + `"`
		}
	}
	return "project in (" + strings.Join(quoted, ", ") + ") AND statusCategory != Done"
}

func surveyTrello(ctx context.Context, open *opener, o initOptions) (*draftSource, error) {
	if len(o.boards) == 0 {
		return nil, nil
	}
	key, err := reference(open, "--trello-key", o.trelloKey)
	if err != nil {
		return nil, err
	}
	token, err := reference(open, "--trello-token", o.trelloToken)
	if err != nil {
		return nil, err
	}
	s, err := surveyed(ctx, open, config.Source{Name: "trello", Kind: "trello", Options: &trello.Options{
		URL: o.trelloURL, Auth: trello.Auth{Key: key, Token: token}, Boards: o.boards, Lists: o.lists,
	}})
	if err != nil {
		return nil, err
	}
	s.Boards, s.Lists, s.Secrets = o.boards, o.lists, []secretLine{{"key", o.trelloKey}, {"token", o.trelloToken}}
	s.Open = s.open("list", o.lists)
	if o.trelloURL != trello.DefaultURL {
		s.URL = o.trelloURL
	}
	return s, nil
}

// reference reads the value of a flag that says where a secret is, and looks
// whether it is there.
func reference(open *opener, flag, s string) (rest.Secret, error) {
	var secret rest.Secret
	if err := secret.UnmarshalText([]byte(s)); err != nil {
		return secret, usage("%s: %w", flag, err)
	}
	if _, err := open.look(s); err != nil {
		return secret, usage("%w; set it, or say with %s where it is: env:NAME or file:PATH", err, flag)
	}
	return secret, nil
}

// surveyed opens a source and surveys it.
func surveyed(ctx context.Context, open *opener, s config.Source) (*draftSource, error) {
	opened, err := open.one(s, wiring{Source: s.Name, Log: open.log})
	if err != nil {
		return nil, outcome{exitUsage, err}
	}
	looker, ok := opened.Connector.(connectors.Surveyor)
	if !ok {
		return nil, errors.New("source " + s.Name + ": cannot be looked at")
	}
	found, err := looker.Survey(ctx)
	if err != nil {
		return nil, err // it names the source
	}
	return &draftSource{Name: s.Name, Kind: s.Kind, survey: found}, nil
}

var initConfig = template.Must(template.New("init").Parse(initTemplate))
