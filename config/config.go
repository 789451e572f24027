// Package config owns the configuration: it reads the file, lays the
// environment and the flags over it, and gives checked settings or everything
// that is wrong, each problem with its place. What the keys of a source mean is
// known to its kind alone.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"github.com/spf13/viper"

	"stackrank/internal/plan"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// DefaultFile is read when viper names no file.
const DefaultFile = "stackrank.yaml"

// Config is a checked configuration with its defaults filled in.
type Config struct {
	Log      Log       `yaml:"log" doc:"What is logged to standard error, and how."`
	State    State     `yaml:"state" doc:"Where runs, writes and evidence are remembered: sqlite:///PATH or postgres://HOST/NAME. Default: $XDG_STATE_HOME/stackrank/stackrank.db."`
	Daemon   Daemon    `yaml:"daemon" doc:"The long-running process."`
	Sources  []Source  `yaml:"sources" need:"yes" doc:"Connections to trackers."`
	Backlogs []Backlog `yaml:"backlogs" need:"yes" doc:"What is ranked together, and what is written back."`

	folder string // of the file; references to files are relative to it
}

// Log says what is logged, and how.
type Log struct {
	Level  string `yaml:"level" enum:"debug info warn error" doc:"The least level that is logged."`
	Format string `yaml:"format" enum:"auto console json" doc:"auto: console on a terminal, else json."`
}

// Daemon holds the settings of the long-running process.
type Daemon struct {
	Listen string `yaml:"listen" doc:"Address of health, metrics, webhooks and page: HOST:PORT."`
}

// Source is one connection to a tracker.
type Source struct {
	Name      string                 `yaml:"name" need:"yes" pattern:"^[a-z0-9-]+$" doc:"Name of the source in refs and reports: [a-z0-9-]+."`
	Kind      string                 `yaml:"kind" need:"yes" doc:"The tracker."`
	Signals   map[work.Signal]string `yaml:"signals" doc:"Fields that feed signals: the name of a signal, then a field's name or id. For effort on Jira story_points finds the field by itself."`
	FullEvery time.Duration          `yaml:"full_every" doc:"Time after which the source is read whole again instead of what has changed. 0: always."`
	Limits    Limits                 `yaml:"limits" doc:"Bounds of the requests; what is left out is the service's published limit."`
	TLS       TLS                    `yaml:"tls" doc:"Trust in the service's certificate."`

	Options any `yaml:"-"` // the kind's own settings, as its function in Kinds made them
}

// Limits bounds the requests of a source. A zero means the published limit of
// the service, and for Timeout and Backoff the default of package rest.
type Limits struct {
	Requests int           `yaml:"requests" doc:"Requests in the time of per. 0: the service's published limit."`
	Per      time.Duration `yaml:"per" doc:"The time that requests are counted in."`
	Parallel int           `yaml:"parallel" doc:"Requests at the same time. 0: the default for the service."`
	Timeout  time.Duration `yaml:"timeout" doc:"Longest time of one request. 0: 60s."`
	Backoff  time.Duration `yaml:"backoff" doc:"Wait after the first failure; it doubles with each. 0: 2s."`
}

// TLS holds what is trusted beside the system's certificate authorities.
type TLS struct {
	CA string `yaml:"ca" doc:"file:PATH of certificates in PEM form that are trusted too."`
}

// Backlog is what is ranked together.
type Backlog struct {
	Name     string              `yaml:"name" need:"yes" pattern:"^[a-z0-9-]+$" doc:"Name of the backlog: [a-z0-9-]+."`
	Sources  []string            `yaml:"sources" need:"yes" doc:"Names of sources."`
	Schedule Schedule            `yaml:"schedule" doc:"When the daemon runs: five fields of cron in the backlog's time zone, or @every 15m. Without it the backlog runs by hand or by webhook."`
	Timezone Zone                `yaml:"timezone" doc:"IANA name of the zone in which days end and the schedule is read. Default: UTC."`
	Policy   prioritize.Settings `yaml:"policy" doc:"How items are scored and ordered."`
	Write    plan.Rules          `yaml:"write" doc:"What is written back, and what is left alone."`
}

// Next gives the first moment after a time at which the schedule is due in the
// backlog's zone; the zero time when it never is.
func (b Backlog) Next(after time.Time) time.Time {
	return b.Schedule.Next(after.In(b.Timezone.Location()))
}

// SourcesOf gives the sources of a backlog, in its order.
func (c Config) SourcesOf(b Backlog) []Source {
	out := make([]Source, len(b.Sources))
	for i, name := range b.Sources {
		out[i] = c.Source(name)
	}
	return out
}

// Source gives the source of a name that a backlog lists: it is there, says the
// check.
func (c Config) Source(name string) Source {
	i := slices.IndexFunc(c.Sources, func(s Source) bool { return s.Name == name })
	return c.Sources[i]
}

// Kinds gives, for every kind of source, a pointer to its settings with their
// defaults. The settings are a struct whose yaml tags are the keys that a source
// of this kind has beside those of Source. It may have a method Validate() error
// whose errors begin with the key that they are about ("auth.token: missing").
type Kinds map[string]func() any

// defaultConfig holds for every key that a file leaves out.
func defaultConfig() Config {
	return Config{
		Log:    Log{Level: "info", Format: "auto"},
		Daemon: Daemon{Listen: "127.0.0.1:8484"},
	}
}

func defaultSource() Source { return Source{FullEvery: 24 * time.Hour} }

func defaultBacklog() Backlog {
	return Backlog{Policy: prioritize.Default(), Write: plan.Default()}
}

func defaultStakeholder() prioritize.Stakeholder { return prioritize.Stakeholder{Weight: 1} }

// Load reads the file that viper was given with SetConfigFile, lays over it the
// environment (Variable names the variables) and over that what viper holds
// itself: flags bound with BindPFlag under the path of their key, and values set
// by hand. It does not hand the file to viper, which passes unknown keys in
// silence and lower-cases the others. The error is Problems unless the file
// cannot be read.
func Load(v *viper.Viper, kinds Kinds) (Config, error) {
	file := cmp.Or(v.ConfigFileUsed(), DefaultFile)
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, fmt.Errorf("configuration %s: no such file; write one with stackrank init, or name it with --config", file)
	}
	if err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	c, err := read(file, data, overrides(v), kinds)
	if err != nil {
		return Config{}, err
	}
	folder, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return Config{}, fmt.Errorf("configuration %s: %w", file, err)
	}
	c.folder = folder
	return c, nil
}

// read is Load without the world.
func read(file string, data []byte, over []override, kinds Kinds) (Config, error) {
	r := &reader{problems: newProblems(file), kinds: kinds}
	root := parse(data, r.problems)
	if root == nil {
		return Config{}, r.err()
	}
	for _, o := range over {
		r.lay(root, o)
	}
	c := defaultConfig()
	r.decode("", root, reflect.ValueOf(&c).Elem())
	r.check(c)
	return c, r.err()
}
