package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"github.com/spf13/cobra"

	"stackrank/connectors/jira/jirasim"
)

func newSandbox(a *app) *cobra.Command {
	var o simOptions
	var configOut, now string
	c := &cobra.Command{
		Use:   "sandbox",
		Short: "Run simulated trackers to try things out on",
		Long: `Runs a simulated Jira site and a simulated Trello until it is stopped. They refuse
what the real services refuse. Without data files they hold a built-in backlog.
GET /_sandbox/stats, GET /_sandbox/dump and POST /_sandbox/reset look into them.`,
		Example: `  stackrank sandbox --config-out stackrank.yaml
  stackrank sandbox --jira datacenter --jira-data issues.jsonl --trello-data board.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			clock, err := sandboxClock(a.now, now)
			if err != nil {
				return err
			}
			o.now = clock
			s, err := startSims(cmd.Context(), o)
			if err != nil {
				return err
			}
			defer s.Close() //nolint:errcheck // the process ends
			if configOut != "" {
				if err := writeSandboxConfig(configOut, s, o); err != nil {
					return err
				}
				fmt.Fprintf(a.out, "configuration  %s\n", configOut)
			}
			fmt.Fprintf(a.out, "jira           %s\ntrello         %s/1\nready, Ctrl-C ends\n", s.jiraURL, s.trelloURL)
			<-cmd.Context().Done()
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&o.deployment, "jira", string(jirasim.Cloud), "the kind of Jira: cloud or datacenter")
	f.StringArrayVar(&o.jiraData, "jira-data", nil, "file of Jira issues: search pages, arrays or JSON Lines (repeatable)")
	f.StringArrayVar(&o.trelloData, "trello-data", nil, "board export of Trello (repeatable)")
	f.StringVar(&o.jiraAddr, "jira-addr", "127.0.0.1:0", "address that Jira listens on")
	f.StringVar(&o.trelloAddr, "trello-addr", "127.0.0.1:0", "address that Trello listens on")
	f.BoolVar(&o.rateLimits, "rate-limits", false, "enforce the published rate limits")
	f.DurationVar(&o.latency, "latency", 0, "delay of every answer")
	f.DurationVar(&o.searchLag, "search-lag", 0, "how far searches are behind the writes")
	f.StringVar(&now, "now", "", "time at which the trackers' clock starts (RFC 3339 or a date)")
	f.StringVar(&configOut, "config-out", "", "write a configuration that fits to this file, its secrets beside it")
	return c
}

// sandboxClock starts at a given time and runs on from there.
func sandboxClock(now func() time.Time, start string) (func() time.Time, error) {
	if start == "" {
		return now, nil
	}
	from, err := parseTime("--now", start, time.UTC)
	if err != nil {
		return nil, err
	}
	offset := from.Sub(now())
	return func() time.Time { return now().Add(offset) }, nil
}

// parseTime reads the value of a flag: RFC 3339, or a date, which means its
// beginning in the zone.
func parseTime(flag, s string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, zone); err == nil {
		return t, nil
	}
	return time.Time{}, usage("%s %q: want a time such as 2026-11-24T09:00:00Z or a date such as 2026-11-24", flag, s)
}

// sandboxConfig is a configuration in block style, so that people and tests can
// change single lines.
var sandboxConfig = template.Must(template.New("config").Parse(`sources:
  - name: jira
    kind: jira
    url: {{.JiraURL}}
    auth:
{{- if .User}}
      user: {{.User}}
{{- end}}
      token: file:{{.Name}}.jira-token
    jql: {{.JQL}}
    signals:
      effort: story_points
{{- if .BuiltinJira}}
      revenue: ARR at risk
{{- end}}
{{- template "limits" .}}
  - name: trello
    kind: trello
    url: {{.TrelloURL}}/1
    auth:
      key: file:{{.Name}}.trello-key
      token: file:{{.Name}}.trello-token
    boards:
{{- range .Boards}}
      - {{.}}
{{- end}}
{{- if .BuiltinTrello}}
    signals:
      effort: Effort
      revenue: Revenue
{{- end}}
{{- template "limits" .}}
backlogs:
  - name: sandbox
    sources:
      - jira
      - trello
    schedule: "@every 15m"
    policy:
      model: cd3u
{{- if .BuiltinJira}}
      value:
        priority: 0.35
        demand: 0.35
        revenue: 0.30
{{- end}}
      hysteresis: 0.5
      require: []
    write:
      apply: auto
      hold: []
      to:
        jira:
          score: Priority Score
          rank: Stack Rank
          labels: true
          order: true
        trello:
          score: Score
          rank: Rank
          labels: true
          order: true
      top: all
{{define "limits"}}
{{- if not .RateLimits}}
    limits:
      requests: 100000
      per: 1s
{{- end}}
{{- end}}`))

// writeSandboxConfig writes the configuration and the credentials beside it.
func writeSandboxConfig(path string, s *sims, o simOptions) error {
	user, token := s.jira.Credentials()
	if o.deployment == string(jirasim.DataCenter) {
		user = "" // a personal access token
	}
	var boards []string
	for _, b := range s.trello.Boards() {
		boards = append(boards, b.ID)
	}
	var b strings.Builder
	err := sandboxConfig.Execute(&b, map[string]any{
		"JiraURL": s.jiraURL, "TrelloURL": s.trelloURL, "User": user, "Name": filepath.Base(path),
		"JQL":    openWork(s.jira.Projects()),
		"Boards": boards, "RateLimits": o.rateLimits,
		"BuiltinJira": len(o.jiraData) == 0, "BuiltinTrello": len(o.trelloData) == 0,
	})
	if err != nil {
		return err
	}
	files := map[string]string{
		"": b.String(), ".jira-token": token, ".trello-key": s.trello.Key(), ".trello-token": s.trello.Token(),
	}
	for suffix, text := range files {
		if err := os.WriteFile(path+suffix, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}
