// Command bench measures the whole path from a tracker's issues to a written
// order, ours beside programs that other people wrote: requests, writes, wall
// time and peak memory. Every contender is a process, and so is the simulated
// Jira that it works on and that counts what it asks.
//
//	go -C tools/bench run . -items 1000 -latency 0,20ms -out /tmp/table.md
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// options are what is measured.
type options struct {
	items     []int
	latencies []time.Duration
	kinds     []string
	peers     []string
	sample    int // serial contenders use no more items than this
	seed      uint64
	out       string
	kept      string
	repeat    int // runs of each contender, of which the fastest counts
	routes    bool
}

func main() {
	if err := run(os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o, err := parse(args)
	if err != nil {
		return err
	}
	return bench(ctx, o)
}

func parse(args []string) (options, error) {
	var all []string
	for _, c := range contenders {
		all = append(all, c.name)
	}
	var o options
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	items := f.String("items", "1000,10000", "sizes of the backlog")
	latencies := f.String("latency", "0,20ms,100ms", "delays of every answer")
	kinds := f.String("jira", cloud+","+dataCenter, "kinds of Jira")
	peers := f.String("peers", strings.Join(all, ","), "contenders")
	f.IntVar(&o.sample, "sample", 1000, "most items for contenders with a request for each item; what is above is extrapolated")
	f.IntVar(&o.repeat, "repeat", 1, "runs of each contender; for each step the fastest counts")
	f.Uint64Var(&o.seed, "seed", 1, "seed of the generated issues")
	f.StringVar(&o.out, "out", "", "file for the tables; empty: standard output")
	f.StringVar(&o.kept, "rows", "", "file that keeps what was measured; a later run measures only what is missing in it")
	f.BoolVar(&o.routes, "routes", false, "print the requests of each step by route")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	var err error
	if o.kinds, err = chosen("-jira", *kinds, []string{cloud, dataCenter}); err != nil {
		return o, err
	}
	if o.peers, err = chosen("-peers", *peers, all); err != nil {
		return o, err
	}
	for s := range strings.SplitSeq(*items, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return o, fmt.Errorf("-items %q: want numbers above zero", s)
		}
		o.items = append(o.items, n)
	}
	for s := range strings.SplitSeq(*latencies, ",") {
		d, err := time.ParseDuration(s)
		if err != nil {
			return o, fmt.Errorf("-latency: %w", err)
		}
		o.latencies = append(o.latencies, d)
	}
	return o, nil
}

// chosen gives the names in a list, each being one that there is.
func chosen(flag, list string, all []string) ([]string, error) {
	names := strings.Split(list, ",")
	for _, n := range names {
		if !slices.Contains(all, n) {
			return nil, fmt.Errorf("%s %q: want some of %s", flag, n, strings.Join(all, ","))
		}
	}
	return names, nil
}
