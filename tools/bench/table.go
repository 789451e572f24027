package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// row is one step of one contender, measured on one site.
type row struct {
	Kind      string
	Items     int
	Latency   time.Duration
	Contender string // as -peers takes it
	Name      string // contender and step, for people
	Measured  int    // items that were really used; fewer than Items: the figures are extrapolated
	Note      string
	figures
}

// writeTables writes a table for each kind of Jira and number of items. A line
// is a contender's step; its wall times stand beside each other by latency.
func writeTables(w io.Writer, rows []row) error {
	var b strings.Builder
	type page struct {
		kind  string
		items int
	}
	var pages []page
	for _, r := range rows {
		if p := (page{r.Kind, r.Items}); !slices.Contains(pages, p) {
			pages = append(pages, p)
		}
	}
	for _, p := range pages {
		var here []row
		for _, r := range rows {
			if r.Kind == p.kind && r.Items == p.items {
				here = append(here, r)
			}
		}
		fmt.Fprintf(&b, "### %s items, Jira %s\n\n", thousands(p.items), title(p.kind))
		writeTable(&b, here)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeTable(b *strings.Builder, rows []row) {
	var latencies []time.Duration
	var names []string
	for _, r := range rows {
		if !slices.Contains(latencies, r.Latency) {
			latencies = append(latencies, r.Latency)
		}
		if !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
	}
	b.WriteString("| what | requests | writes |")
	for _, l := range latencies {
		fmt.Fprintf(b, " wall, %s |", millis(l))
	}
	b.WriteString(" peak memory | |\n|---|--:|--:|" + strings.Repeat("--:|", len(latencies)) + "--:|---|\n")
	for _, name := range names {
		writeLine(b, name, latencies, rows)
	}
	b.WriteByte('\n')
}

// writeLine writes one contender's step. Requests and writes of several
// latencies are one number where they agree, as they should.
func writeLine(b *strings.Builder, name string, latencies []time.Duration, rows []row) {
	walls := map[time.Duration]string{}
	var requests, writes []int
	var last row
	var most figures
	for _, r := range rows {
		if r.Name != name {
			continue
		}
		walls[r.Latency] = seconds(r.Wall)
		requests, writes = append(requests, r.Requests), append(writes, r.Writes)
		last, most.Memory, most.Floor = r, max(most.Memory, r.Memory), max(most.Floor, r.Floor)
	}
	fmt.Fprintf(b, "| %s | %s | %s |", name, span(requests), span(writes))
	for _, l := range latencies {
		fmt.Fprintf(b, " %s |", walls[l])
	}
	fmt.Fprintf(b, " %s | %s |\n", most.peak(), last.remark())
}

// remark says what a reader must know of a row.
func (r row) remark() string {
	if r.Measured == r.Items {
		return r.Note
	}
	sample := fmt.Sprintf("%s of %s measured, the rest extrapolated", thousands(r.Measured), thousands(r.Items))
	return strings.TrimPrefix(r.Note+"; "+sample, "; ")
}

// peak writes the memory, as a bound where no more is known.
func (f figures) peak() string {
	text := fmt.Sprintf("%d MB", megabytes(f.Memory))
	if f.Memory <= f.Floor {
		return "≤ " + text
	}
	return text
}

// span gives a number, or the least and the most of several.
func span(n []int) string {
	low, high := slices.Min(n), slices.Max(n)
	if low == high {
		return thousands(low)
	}
	return thousands(low) + "–" + thousands(high)
}

// thousands writes a number with commas.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// seconds writes a wall time with two or three digits that count.
func seconds(d time.Duration) string {
	s := d.Seconds()
	switch {
	case s < 10:
		return fmt.Sprintf("%.2f s", s)
	case s < 100:
		return fmt.Sprintf("%.1f s", s)
	}
	return thousands(int(s+0.5)) + " s"
}

func millis(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

func title(kind string) string {
	if kind == dataCenter {
		return "Data Center"
	}
	return "Cloud"
}
