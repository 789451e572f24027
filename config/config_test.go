package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"stackrank/internal/plan"
	"stackrank/internal/rest"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// boxOptions are the keys of a kind that only these tests have.
type boxOptions struct {
	URL  string  `yaml:"url" doc:"Address of the box."`
	Auth boxAuth `yaml:"auth" doc:"Credential."`
	JQL  string  `yaml:"jql" doc:"What is read."`
	Mail string  `yaml:"mail" enum:"quiet allow" doc:"Whether people are mailed."`
	Rows []int   `yaml:"rows" doc:"Numbers of rows."`
}

type boxAuth struct {
	User  string      `yaml:"user" doc:"Name of the account."`
	Token rest.Secret `yaml:"token" doc:"Its token."`
}

func (o boxOptions) Validate() error {
	var errs []error
	if o.JQL == "" {
		errs = append(errs, errors.New("jql: missing"))
	}
	if o.Auth.Token.IsZero() {
		errs = append(errs, errors.New("auth.token: missing"))
	}
	return errors.Join(errs...)
}

// boxes are the kinds of these tests: box has settings that judge themselves,
// bin has none of its own.
func boxes() Kinds {
	return Kinds{
		"box": func() any { return &boxOptions{Mail: "quiet"} },
		"bin": func() any { return &struct{}{} },
	}
}

const small = `
sources:
  - name: platform
    kind: box
    auth: {token: env:T}
    jql: project = PAY
backlogs:
  - name: payments
    sources: [platform]
`

func write(t *testing.T, text string) *viper.Viper {
	t.Helper()
	file := filepath.Join(t.TempDir(), "stackrank.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	v := viper.New()
	v.SetConfigFile(file)
	return v
}

func load(t *testing.T, text string) Config {
	t.Helper()
	c, err := Load(write(t, text), boxes())
	if err != nil {
		t.Fatalf("Load() = %v", err)
	}
	return c
}

// faults gives the problems of a text, with "line 3" for the place in the file.
func faults(t *testing.T, text string) []string {
	t.Helper()
	v := write(t, text)
	_, err := Load(v, boxes())
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[Problems](err); !ok {
		t.Fatalf("Load() = %v, want Problems", err)
	}
	file := v.ConfigFileUsed()
	text = strings.ReplaceAll(err.Error(), file+": ", "file: ")
	return strings.Split(strings.ReplaceAll(text, file+":", "line "), "\n")
}

func TestASmallFileGetsAllDefaults(t *testing.T) {
	c := load(t, small)
	if want := (Log{Level: "info", Format: "auto"}); c.Log != want {
		t.Errorf("Log = %+v, want %+v", c.Log, want)
	}
	if !c.State.IsZero() || c.Daemon.Listen != "127.0.0.1:8484" {
		t.Errorf("State, Daemon = %v, %+v", c.State, c.Daemon)
	}
	if got := c.Sources[0].FullEvery; got != 24*time.Hour {
		t.Errorf("FullEvery = %v, want 24h", got)
	}
	if got, ok := c.Sources[0].Options.(*boxOptions); !ok || got.Mail != "quiet" || got.JQL != "project = PAY" {
		t.Errorf("Options = %+v", c.Sources[0].Options)
	}
	b := c.Backlogs[0]
	if b.Timezone.String() != "UTC" || !b.Schedule.IsZero() || !b.Next(time.Unix(0, 0)).IsZero() {
		t.Errorf("Timezone, Schedule = %v, %v", b.Timezone, b.Schedule)
	}
	if diff := cmp.Diff(prioritize.Default(), b.Policy); diff != "" {
		t.Errorf("Policy (-default +got):\n%s", diff)
	}
	if !reflect.DeepEqual(plan.Default(), b.Write) {
		t.Errorf("Write = %+v, want the defaults", b.Write)
	}
}

func TestABlockKeepsTheDefaultsOfTheKeysItLeavesOut(t *testing.T) {
	c := load(t, small+`
    policy: {urgency: {horizon: 2w}, value: {priority: 1}, require: []}
    write: {top: all, to: {platform: {score: Score}}, pin_for: 0, tiers: [{first: 5}]}
`)
	policy := prioritize.Default()
	policy.Urgency.Horizon = 14
	policy.Value = map[string]float64{"priority": 1} // weights are replaced whole
	policy.Require = []string{}
	if diff := cmp.Diff(policy, c.Backlogs[0].Policy); diff != "" {
		t.Errorf("Policy (-want +got):\n%s", diff)
	}
	rules := plan.Default()
	rules.Top, rules.PinFor, rules.Tiers = 0, 0, []plan.Tier{{"first": 5}}
	rules.To = map[string]plan.Target{"platform": {Score: "Score"}}
	if !reflect.DeepEqual(rules, c.Backlogs[0].Write) {
		t.Errorf("Write = %+v, want %+v", c.Backlogs[0].Write, rules)
	}
}

func TestKeysKeepTheirCase(t *testing.T) {
	c := load(t, strings.Replace(small, "kind: box", "kind: box\n    signals: {ARR: ARR at Risk}", 1))
	want := map[work.Signal]string{"ARR": "ARR at Risk"}
	if diff := cmp.Diff(want, c.Sources[0].Signals); diff != "" {
		t.Errorf("Signals (-want +got):\n%s", diff)
	}
}

func TestFlagsWinOverTheEnvironmentOverTheFile(t *testing.T) {
	const file = "log: {level: error}\nstate: sqlite:///file.db\ndaemon: {listen: 'file:1'}\n" + small
	tests := []struct {
		name string
		text string
		env  map[string]string
		args []string
		want Log
	}{
		{"nothing set leaves the default", small, nil, nil, Log{"info", "auto"}},
		{"the file wins over the default", file, nil, nil, Log{"error", "auto"}},
		{"the environment wins over the file", file, map[string]string{"STACKRANK_LOG_LEVEL": "warn"}, nil, Log{"warn", "auto"}},
		{"the environment sets what the file lacks", small, map[string]string{"STACKRANK_LOG_FORMAT": "json"}, nil, Log{"info", "json"}},
		{"an empty variable is not set", file, map[string]string{"STACKRANK_LOG_LEVEL": ""}, nil, Log{"error", "auto"}},
		{"a flag wins over both", file, map[string]string{"STACKRANK_LOG_LEVEL": "warn"}, []string{"--log-level=debug"}, Log{"debug", "auto"}},
		{"a flag that is not given wins over nothing", file, nil, []string{"--log-format=console"}, Log{"error", "console"}},
		{"a good variable mends a bad file", "log: {level: loud}\n" + small, map[string]string{"STACKRANK_LOG_LEVEL": "warn"}, nil, Log{"warn", "auto"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for name, value := range tt.env {
				t.Setenv(name, value)
			}
			v := write(t, tt.text)
			bind(t, v, tt.args)
			for range 2 { // loading again gives the same
				c, err := Load(v, boxes())
				if err != nil || c.Log != tt.want {
					t.Errorf("Load() = %+v, %v, want %+v", c.Log, err, tt.want)
				}
			}
		})
	}
}

func bind(t *testing.T, v *viper.Viper, args []string) {
	t.Helper()
	flags := pflag.NewFlagSet("stackrank", pflag.ContinueOnError)
	flags.String("log-level", "info", "")
	flags.String("log-format", "auto", "")
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	for key, name := range map[string]string{"log.level": "log-level", "log.format": "log-format"} {
		if err := v.BindPFlag(key, flags.Lookup(name)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryScalarOutsideListsHasAVariable(t *testing.T) {
	want := []string{"log.level", "log.format", "state", "daemon.listen"}
	if got := scalars("", reflect.TypeFor[Config]()); !slices.Equal(got, want) {
		t.Errorf("scalars = %v, want %v", got, want)
	}
	t.Setenv("STACKRANK_STATE", "postgres://po:geheim@db/stackrank")
	t.Setenv("STACKRANK_DAEMON_LISTEN", ":0")
	c := load(t, small)
	if c.State.Reveal() != "postgres://po:geheim@db/stackrank" || c.Daemon.Listen != ":0" {
		t.Errorf("State, Listen = %v, %v", c.State, c.Daemon.Listen)
	}
}

func TestAProblemOfAnOverrideNamesItsOrigin(t *testing.T) {
	t.Setenv("STACKRANK_STATE", "mysql://root:geheim@db")
	t.Setenv("STACKRANK_LOG_FORMAT", "jsn")
	v := write(t, "log: {level: info}\n"+small)
	bind(t, v, []string{"--log-level=loud"})
	_, err := Load(v, boxes())
	want := `flag --log-level: log.level: "loud": want debug, info, warn or error
environment variable STACKRANK_LOG_FORMAT: log.format: "jsn": want auto, console or json; did you mean "json"?
environment variable STACKRANK_STATE: state: want sqlite:///PATH or postgres://HOST/NAME`
	if err == nil || err.Error() != want {
		t.Errorf("Load() = %v, want\n%s", err, want)
	}
}

func TestAMissingFileSaysWhatToDo(t *testing.T) {
	v := viper.New()
	v.SetConfigFile(filepath.Join(t.TempDir(), "none.yaml"))
	_, err := Load(v, boxes())
	if err == nil || !strings.Contains(err.Error(), "none.yaml: no such file; write one with stackrank init") {
		t.Errorf("Load() = %v", err)
	}
}

func TestAliasesAndMergeKeysAreWrittenOut(t *testing.T) {
	c := load(t, `
sources:
  - &base {name: a, kind: box, auth: {token: env:T}, jql: x, limits: &slow {requests: 10, per: 1s}}
  - {<<: *base, name: b, limits: {<<: *slow, per: 2s}}
  - {<<: [{name: c}, *base], jql: z}
backlogs:
  - {name: one, sources: [a, b, c]}
`)
	if got, want := c.Sources[1].Limits, (Limits{Requests: 10, Per: 2 * time.Second}); got != want {
		t.Errorf("limits of b = %+v, want %+v", got, want)
	}
	if got := c.Sources[2]; got.Name != "c" || got.Options.(*boxOptions).JQL != "z" {
		t.Errorf("third source = %+v %+v", got, got.Options)
	}
}

func TestCriteriaThatNothingFeedsAreReported(t *testing.T) {
	const policy = small + "    policy: {value: {%}, require: []}\n"
	tests := []struct {
		name, text, want string
	}{
		{"what trackers tell by themselves", strings.Replace(policy, "%", "priority: 1, votes: 1", 1), ""},
		{"what the source names a field for", strings.Replace(strings.Replace(policy, "%", "risk: 1", 1), "    jql:", "    signals: {risk: Risk}\n    jql:", 1), ""},
		{"what weighs nothing", strings.Replace(policy, "%", "priority: 1, risk: 0", 1), ""},
		{
			"a slip of the pen", strings.Replace(policy, "%", "priorty: 1", 1),
			`line 10: backlogs[0].policy.value.priorty: "priorty": no source of this backlog names a field for it under signals; did you mean "priority"?`,
		},
		{
			"what no source names a field for", strings.Replace(policy, "%", "priority: 1, regulation: 1", 1),
			`line 10: backlogs[0].policy.value.regulation: "regulation": no source of this backlog names a field for it under signals`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(faults(t, tt.text), "\n"); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
