package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"stackrank/connectors"
	"stackrank/internal/work"
)

// draft is a configuration that init is about to write.
type draft struct {
	Backlog, Timezone string
	Sources           []draftSource
	Weights           []weight
}

// Estimated reports whether every source has estimates for at least half of its
// work, so that a policy may ask for them.
func (d draft) Estimated() bool {
	return !slices.ContainsFunc(d.Sources, func(s draftSource) bool { return s.estimated() < 50 })
}

// Guessed reports whether no source has estimates at all.
func (d draft) Guessed() bool {
	return !slices.ContainsFunc(d.Sources, func(s draftSource) bool { return s.estimated() > 0 })
}

// estimated gives the share of the sample, in percent, with an effort.
func (s draftSource) estimated() int {
	for _, m := range s.Mapped() {
		if m.Signal == string(work.Effort) {
			return m.Filled
		}
	}
	return 0
}

// small is how many items a backlog holds for which the built-in tiers are
// made: the first quarter now, the half behind it next.
const small = 40

// Tiers gives the last places of the tiers for a backlog that the built-in ones
// would not tell apart; nil for others.
func (d draft) Tiers() []int {
	open := 0
	for _, s := range d.Sources {
		if s.Open < 0 {
			return nil
		}
		open += s.Open
	}
	if open == 0 || open >= small {
		return nil
	}
	now := max(1, open/4)
	return []int{now, max(now+1, 3*open/4)}
}

// draftSource is one source of a draft and what its tracker has.
type draftSource struct {
	Name, Kind, URL, User, JQL string
	Secrets                    []secretLine
	Boards, Lists              []string
	Open                       int // items of the backlog; -1: not known

	survey connectors.Survey
}

type secretLine struct{ Key, Ref string }

// mapped is a field that feeds a signal.
type mapped struct {
	Signal, Field string
	Filled        int    // percent of the sample
	Of            string // the sample
}

type weight struct {
	Criterion string
	Weight    float64
	Why       string
	Idle      bool // it tells nothing apart, so it is written down as a comment only
}

// wantedNames are words in the names of fields that tell what they hold, in
// English, German, French and Spanish. A
// field that the tracker itself marks with a signal needs none of them.
var wantedNames = []struct {
	signal work.Signal
	words  []string
}{
	{"revenue", []string{"arr", "revenue", "mrr", "money", "contract value", "umsatz", "erlös", "chiffre d'affaires", "ingresos"}},
	{"stakeholders", []string{"business value", "stakeholder", "value score", "geschäftswert", "valeur métier", "valor de negocio"}},
	{work.Effort, []string{
		"effort", "estimate", "story points", "size", "aufwand", "schätzung", "story-punkte", "storypunkte",
		"estimation", "esfuerzo", "estimación", "puntos de historia",
	}},
	{"customers", []string{"customers", "requests from customers", "kunden"}},
}

// least is the share of the sample, in percent, from which a field counts as
// filled in.
const least = 5

// Mapped lists the fields that feed signals, one for each signal: the one that
// is filled in most.
func (s draftSource) Mapped() []mapped {
	best := map[work.Signal]mapped{}
	for _, f := range s.survey.Fields {
		signal := s.signalOf(f)
		if signal == "" || f.Sample == 0 || builtIn(signal) {
			continue
		}
		m := mapped{Signal: string(signal), Field: f.Name, Filled: 100 * f.Filled / f.Sample, Of: s.sample(f)}
		if s.Kind == "jira" && signal == work.Effort && f.Signal == work.Effort {
			m.Field = "story_points"
		}
		if m.Filled >= least && m.Filled > best[signal].Filled {
			best[signal] = m
		}
	}
	out := make([]mapped, 0, len(best))
	for _, m := range best {
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b mapped) int { return cmp.Compare(a.Signal, b.Signal) })
	return out
}

// builtIn reports whether connectors fill the signal without a mapping.
func builtIn(s work.Signal) bool {
	return slices.Contains([]work.Signal{work.Priority, work.Votes, work.Watchers, work.Comments, work.Breached, work.Progress}, s)
}

func (s draftSource) signalOf(f connectors.Field) work.Signal {
	if f.Signal != "" {
		return f.Signal
	}
	name := " " + strings.ToLower(f.Name) + " "
	for _, w := range wantedNames {
		for _, word := range w.words {
			if f.Kind == "number" && strings.Contains(name, " "+word+" ") {
				return w.signal
			}
		}
	}
	return ""
}

// filled gives the best share, in percent, to which a signal is filled in, and of
// what sample.
func (s draftSource) filled(signals ...work.Signal) (most int, of string) {
	for _, f := range s.survey.Fields {
		if !slices.Contains(signals, s.signalOf(f)) || f.Sample == 0 {
			continue
		}
		if share := 100 * f.Filled / f.Sample; share > most || of == "" {
			most, of = share, s.sample(f)
		}
	}
	return most, of
}

// sample names what a survey has looked at for a field.
func (s draftSource) sample(f connectors.Field) string {
	switch {
	case s.Kind == "jira" && f.Sample == 1:
		return "of the one issue touched last"
	case s.Kind == "jira":
		return fmt.Sprintf("of the %d issues touched last", f.Sample)
	case f.Sample == 1:
		return "of one open card"
	}
	return fmt.Sprintf("of %d open cards", f.Sample)
}

// keys gives the ids of the places of a kind that have open work.
func (s draftSource) keys(kind string) []string {
	var out []string
	for _, p := range s.survey.Places {
		if p.Kind == kind && p.Open != 0 {
			out = append(out, p.ID)
		}
	}
	return out
}

// open adds up the open items of the places of a kind, of the named ones where
// names are given; -1 where some are not counted.
func (s draftSource) open(kind string, names []string) int {
	n := 0
	for _, p := range s.survey.Places {
		named := len(names) == 0 || slices.Contains(names, p.ID) || slices.Contains(names, p.Name)
		switch {
		case p.Kind != kind || !named:
		case p.Open < 0:
			return -1
		default:
			n += p.Open
		}
	}
	return n
}

// Targets gives the number fields that could take the score and the place,
// empty where the tracker has none of such a name.
func (s draftSource) Targets() map[string]string {
	out := map[string]string{}
	for slot, names := range map[string][]string{"score": {"priority score", "score"}, "rank": {"stack rank", "rank"}} {
		for _, f := range s.survey.Fields {
			if f.Kind == "number" && f.Writable && slices.Contains(names, strings.ToLower(f.Name)) && out[slot] == "" {
				out[slot] = f.Name
			}
		}
	}
	return out
}

// Summary says what was found in one line.
func (s draftSource) Summary() string {
	parts := make([]string, 0, 4)
	for _, m := range s.Mapped() {
		parts = append(parts, fmt.Sprintf("%s from %s (%d %% %s)", m.Signal, m.Field, m.Filled, m.Of))
	}
	if len(parts) == 0 {
		return "no field feeds a signal of its own; priority, dates and demand do"
	}
	return strings.Join(parts, ", ")
}

// Quote writes a text so that YAML reads it as that text.
func (draftSource) Quote(s string) (string, error) {
	b, err := yaml.Marshal(s)
	return strings.TrimSpace(string(b)), err
}

// startWeights are those of the policy, and the signals that feed each criterion.
var startWeights = []struct {
	name    string
	weight  float64
	signals []work.Signal
}{
	{"stakeholders", 0.30, []work.Signal{"stakeholders"}},
	{"priority", 0.25, []work.Signal{work.Priority}},
	{"demand", 0.25, []work.Signal{work.Votes, work.Watchers, work.Comments}},
	{"revenue", 0.20, []work.Signal{"revenue"}},
}

// weights gives weight to what is filled in somewhere and tells items apart.
// Where nothing is, what the trackers can hold without further fields gets all
// of it: a place to begin.
func weights(sources []draftSource) []weight {
	var out []weight
	speaking := 0
	for _, c := range startWeights {
		most, distinct, of := 0, 0, ""
		for _, s := range sources {
			if share, sample := s.filled(c.signals...); share > most {
				most, of = share, sample
			}
			distinct += s.distinct(c.signals...)
		}
		if most < least {
			continue
		}
		w := weight{Criterion: c.name, Weight: c.weight, Why: fmt.Sprintf("filled in for %d %% %s", most, of)}
		if w.Idle = most == 100 && distinct == 1; w.Idle {
			w.Why += ", always the same: it tells nothing apart"
		} else {
			speaking++
		}
		out = append(out, w)
	}
	if speaking > 0 {
		return out
	}
	begin := "demand" // boards have votes and comments, but no priorities of their own
	if slices.ContainsFunc(sources, func(s draftSource) bool { return s.Kind == "jira" }) {
		begin = string(work.Priority)
	}
	return []weight{{Criterion: begin, Weight: 1, Why: "nothing tells the items apart yet; this is where to begin"}}
}

// uncounted stands for different values that nobody has counted: enough of them.
const uncounted = 1000

// distinct adds up the different values of the fields of the signals.
func (s draftSource) distinct(signals ...work.Signal) int {
	n := 0
	for _, f := range s.survey.Fields {
		switch {
		case f.Filled == 0 || !slices.Contains(signals, s.signalOf(f)):
		case f.Distinct == 0:
			return uncounted
		default:
			n += f.Distinct
		}
	}
	return n
}

// initTemplate is the configuration that init writes: it reads everything and
// writes nothing unattended.
const initTemplate = `# Written by stackrank init from what the trackers have. Check it with stackrank check.
sources:
{{- range .Sources}}
{{- $s := .}}
  - name: {{.Name}}
    kind: {{.Kind}}
{{- if .URL}}
    url: {{.Quote .URL}}
{{- end}}
    auth:
{{- if .User}}
      user: {{.Quote .User}}
{{- end}}
{{- range .Secrets}}
      {{.Key}}: {{$s.Quote .Ref}} # a reference; the secret itself never stands here
{{- end}}
{{- if .JQL}}
    jql: {{.Quote .JQL}}
    notify: quiet # never mail watchers
{{- end}}
{{- if .Boards}}
    boards:
{{- range .Boards}}
      - {{$s.Quote .}}
{{- end}}
{{- end}}
{{- if .Lists}}
    lists:
{{- range .Lists}}
      - {{$s.Quote .}}
{{- end}}
{{- end}}
{{- with .Mapped}}
    signals:
{{- range .}}
      {{.Signal}}: {{$s.Quote .Field}} # filled in for {{.Filled}} % {{.Of}}
{{- end}}
{{- end}}
{{- end}}
backlogs:
  - name: {{.Backlog}}
    sources:
{{- range .Sources}}
      - {{.Name}}
{{- end}}
    timezone: {{.Timezone}} # a due date ends at 24:00 here
    policy:
      model: cd3u
      value: # weights; only their proportions matter
{{- range .Weights}}
        {{if .Idle}}# {{end}}{{.Criterion}}: {{.Weight}} # {{.Why}}
{{- end}}
{{- if not .Estimated}}
      require: [] # much is not estimated here; [effort] would keep it out of the first tier
{{- end}}
{{- if .Guessed}}
      hysteresis: 0.5 # without estimates hardly a pair reaches the usual 0.70, and no order would be written
{{- end}}
    write:
      apply: never # what the daemon may write; a sync by hand is its own approval
{{- with .Tiers}}
      tiers: [{now: {{index . 0}}}, {next: {{index . 1}}}] # last places: a quarter of the backlog now, the half behind it next
{{- end}}
      to: # where a sync by hand writes; take lines away to write less
{{- range .Sources}}
{{- $s := .}}
        {{.Name}}:
{{- range $slot, $field := .Targets}}
          {{$slot}}: {{$s.Quote $field}}
{{- end}}
          labels: true
          order: false # true: the tracker's own order follows the ranking
{{- end}}
`
