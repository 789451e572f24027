package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"stackrank/prioritize"
)

func newWeights(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "weights A/B=TIMES …",
		Short: "Make the weights of criteria from comparisons in pairs",
		Long: `Prints the block value of a policy from comparisons: demand/priority=3 says that
demand counts three times as much as priority. Every pair is compared once, from
1/9 to 9 times. Comparisons that contradict each other too much are told, the
worst three first; it exits with 1 then.`,
		Example: `  stackrank config weights demand/priority=2 demand/revenue=3 priority/revenue=2`,
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return a.weights(args) },
	}
}

// weights prints what comparisons come to.
func (a *app) weights(args []string) error {
	comparisons := make([]prioritize.Comparison, len(args))
	for i, arg := range args {
		var err error
		if comparisons[i], err = comparisonOf(arg); err != nil {
			return err
		}
	}
	w, err := prioritize.Weigh(comparisons)
	if err != nil {
		return usage("%w", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "value: # consistency ratio %.2f; %.2f or less is good\n", w.Ratio, prioritize.MostRatio)
	for i, name := range w.Names {
		fmt.Fprintf(&b, "  %s: %.3f\n", name, w.Weights[i])
	}
	if _, err := fmt.Fprint(a.out, b.String()); err != nil {
		return err
	}
	if w.Ratio <= prioritize.MostRatio {
		return nil
	}
	x, y, z := w.Worst[0], w.Worst[1], w.Worst[2]
	return outcome{exitFailed, fmt.Errorf("the comparisons contradict each other: by %s and %s it is %s, but %s was given; think these three over",
		x, y, prioritize.Comparison{A: z.A, B: z.B, Times: x.Times * y.Times}, z)}
}

// comparisonOf reads "demand/priority=3"; the number may be a fraction such as 1/3.
func comparisonOf(arg string) (prioritize.Comparison, error) {
	pair, times, _ := strings.Cut(arg, "=")
	x, y, ok := strings.Cut(pair, "/")
	over, under, fraction := strings.Cut(times, "/")
	n, err := strconv.ParseFloat(over, 64)
	if err == nil && fraction {
		var d float64
		d, err = strconv.ParseFloat(under, 64)
		n /= d
	}
	if !ok || x == "" || y == "" || err != nil {
		return prioritize.Comparison{}, usage("%q: want a comparison such as demand/priority=3 or priority/demand=1/3", arg)
	}
	return prioritize.Comparison{A: x, B: y, Times: n}, nil
}
