package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/viper"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"stackrank/config"
)

// app is what all commands share.
type app struct {
	world
	viper   *viper.Viper
	backlog string // --backlog; empty: each
}

func newRoot(w world) *cobra.Command {
	a := &app{world: w, viper: viper.New()}
	root := &cobra.Command{
		Use:   "stackrank",
		Short: "Keep a backlog in Jira and Trello in the right order",
		Long: `stackrank pulls work items from Jira and Trello, ranks them by weighted value and
urgency per unit of work, and writes the result back as rank and score fields,
labels and the trackers' own order.`,
		Example: `  stackrank demo                    # see it work, without an account
  stackrank init --help             # a first configuration
  stackrank check                   # what is missing, and how to mend it
  stackrank report                  # what a sync would write
  stackrank sync                    # write it`,
		SilenceUsage: true, SilenceErrors: true,
		Version: version(),
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
		Args:    known,
	}
	root.SetOut(w.out)
	root.SetErr(w.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage("%w; see %s --help", err, c.CommandPath())
	})
	f := root.PersistentFlags()
	f.StringP("config", "c", config.DefaultFile, "configuration file")
	f.StringVarP(&a.backlog, "backlog", "b", "", "only the backlog of this name")
	f.String("log-level", "", "debug, info, warn or error")
	f.String("log-format", "", "auto, console or json")
	for key, flag := range map[string]string{"log.level": "log-level", "log.format": "log-format"} {
		if err := a.viper.BindPFlag(key, f.Lookup(flag)); err != nil {
			panic(err) // the flag is defined three lines above
		}
	}
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		file, err := c.Flags().GetString("config")
		a.viper.SetConfigFile(file)
		return err
	}
	root.AddCommand(
		newDemo(a), newSandbox(a), newInit(a), newCheck(a), newReport(a), newSync(a), newExplain(a), newDiff(a), newHistory(a), newUndo(a),
		newCalibrate(a), newConfig(a), newVersion(a),
	)
	for _, c := range root.Commands() {
		strict(c)
	}
	return root
}

// known refuses arguments of the root, which are commands that there are not.
func known(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := ""
	if s := c.SuggestionsFor(args[0]); len(s) > 0 {
		hint = " (did you mean " + strings.Join(s, " or ") + "?)"
	}
	return usage("unknown command %q%s; see %s --help", args[0], hint, c.CommandPath())
}

// strict turns wrong arguments into usage errors.
func strict(c *cobra.Command) {
	if args := c.Args; args != nil {
		c.Args = func(c *cobra.Command, given []string) error {
			if err := args(c, given); err != nil {
				return usage("%w; see %s --help", err, c.CommandPath())
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		strict(sub)
	}
}

// load reads the configuration and builds the logger that it asks for.
func (a *app) load() (config.Config, *zap.Logger, error) {
	c, err := config.Load(a.viper, configKinds())
	if err != nil {
		return c, nil, outcome{exitUsage, err}
	}
	return c, a.logger(c.Log), nil
}

func (a *app) logger(l config.Log) *zap.Logger {
	level, err := zapcore.ParseLevel(l.Level)
	if err != nil {
		level = zapcore.InfoLevel
	}
	enc := zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig())
	if l.Format == "console" || (l.Format == "auto" && a.errTerminal > 0) {
		e := zap.NewDevelopmentEncoderConfig()
		e.EncodeTime = zapcore.TimeEncoderOfLayout(time.TimeOnly)
		e.CallerKey = ""
		enc = zapcore.NewConsoleEncoder(e)
	}
	return zap.New(zapcore.NewCore(enc, zapcore.AddSync(a.err), level))
}

// backlogs gives the backlogs that the command is for.
func (a *app) backlogs(c config.Config) ([]config.Backlog, error) {
	if a.backlog == "" {
		return c.Backlogs, nil
	}
	for _, b := range c.Backlogs {
		if b.Name == a.backlog {
			return []config.Backlog{b}, nil
		}
	}
	var names []string
	for _, b := range c.Backlogs {
		names = append(names, b.Name)
	}
	return nil, usage("--backlog %q: there is no such backlog; there are %s", a.backlog, strings.Join(names, ", "))
}

// each runs f for every backlog, so that the failure of one stops no other. One
// opener serves them all, and with it one rate budget each credential. The error
// is the only one, or says which backlogs failed with what.
func (a *app) each(ctx context.Context, f func(context.Context, *opener, config.Backlog) error) error {
	c, log, err := a.load()
	if err != nil {
		return err
	}
	backlogs, err := a.backlogs(c)
	if err != nil {
		return err
	}
	return a.eachOf(ctx, a.opener(c, log), backlogs, f)
}

// eachOf runs f for some backlogs and closes the opener.
func (a *app) eachOf(ctx context.Context, open *opener, backlogs []config.Backlog, f func(context.Context, *opener, config.Backlog) error) error {
	var failed []error
	log := open.log
	for _, b := range backlogs {
		open.log = log.With(zap.String("backlog", b.Name))
		if err := f(ctx, open, b); err != nil {
			failed = append(failed, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	if err := open.close(); err != nil {
		failed = append(failed, err)
	}
	return worst(failed)
}

// severity orders the exit codes of several backlogs: what needs a person's
// attention most wins.
var severity = []int{exitDone, exitPending, exitPartial, exitFailed, exitUsage}

// worst joins the errors of several backlogs under the worst of their codes.
func worst(errs []error) error {
	if len(errs) < 2 {
		return errors.Join(errs...)
	}
	code := exitDone
	var said []error
	for _, err := range errs {
		if c := exitCode(err); slices.Index(severity, c) > slices.Index(severity, code) {
			code = c
		}
		if err.Error() != "" {
			said = append(said, err)
		}
	}
	return outcome{code, errors.Join(said...)}
}

// printTo writes to a file, or to standard output where path is empty.
func (a *app) printTo(path string, write func(io.Writer) error) error {
	if path == "" {
		return write(a.out)
	}
	return writeFile(path, 0o644, write)
}
