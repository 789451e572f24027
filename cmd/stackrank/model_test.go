package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/viper"
	"pgregory.net/rapid"

	"stackrank/config"
	"stackrank/connectors/jira/jirasim"
	"stackrank/internal/cycle"
	"stackrank/internal/plan"
	"stackrank/internal/report"
	"stackrank/internal/work"
)

// people is what people did to two trackers that stackrank keeps in order, as a
// simple model knows it.
type people struct {
	*rig
	out     *testing.T
	t       *rapid.T
	fields  map[string]string // by source: the field of the score
	scores  map[work.Ref]string
	off     map[work.Ref]string // labels of ours that were taken off
	dragged map[work.Ref]bool   // whether a sync has seen it
	dirty   bool                // a run died since the backlog was remembered
	count   int                 // makes what people set unlike anything else
}

// TestPeopleWin draws what people, syncs and crashes do to both trackers. What
// people set is never written over, what is not ours is never touched, and a
// sync after a sync writes nothing.
func TestPeopleWin(t *testing.T) {
	tries(t, 10)
	for _, d := range deployments {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) { newPeople(t, rt, d).live() })
		})
	}
}

// tries lets rapid try so many times, and once where the race detector makes all
// slow, unless the command line says how often.
func tries(t *testing.T, n int) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	if f.Value.String() != f.DefValue {
		return
	}
	if watched {
		n = 1
	}
	if err := f.Value.Set(fmt.Sprint(n)); err != nil {
		t.Fatal(err)
	}
}

// newPeople starts both trackers with a part of the built-in backlog, and syncs.
func newPeople(t *testing.T, rt *rapid.T, d jirasim.Deployment) *people {
	o := simOptions{deployment: string(d), now: ticking()}
	s := &sims{}
	serve := s.listenBoth(t)
	if err := s.load(o); err != nil {
		t.Fatal(err)
	}
	s.jira = jirasim.New(ambiguous(d, 7), o.now)
	serve(s.jira, s.trello)
	p := &people{
		rig: rigOf(t, s, o), out: t, t: rt, fields: map[string]string{},
		scores: map[work.Ref]string{}, off: map[work.Ref]string{}, dragged: map[work.Ref]bool{},
	}
	p.fields["jira"] = p.jiraFields(t).score
	var dump struct{ CustomFields []struct{ ID, Name string } }
	get(t, p.trelloURL+"/_sandbox/dump", &dump)
	for _, f := range dump.CustomFields {
		if f.Name == "Score" {
			p.fields["trello"] = f.ID
		}
	}
	p.sync()
	return p
}

// live draws what happens.
func (p *people) live() {
	p.t.Repeat(map[string]func(*rapid.T){
		"":        func(*rapid.T) {},
		"score":   p.setScore,
		"title":   func(t *rapid.T) { p.must(p.retitle(p.draw(t).ref, p.unlike("Title "))) },
		"label":   p.putOn,
		"unlabel": p.takeOff,
		"drag":    p.dragOne,
		"finish":  func(t *rapid.T) { p.blur(); p.must(p.finish(p.draw(t).ref)) },
		"remove":  func(t *rapid.T) { p.blur(); p.must(p.remove(p.draw(t).ref)) },
		"sync":    func(*rapid.T) { p.sync() },
		"crash":   p.crash,
		"undo":    func(*rapid.T) { p.undo() },
	})
	p.sync()
}

func (p *people) must(err error) {
	p.out.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// unlike gives a text that nothing else holds.
func (p *people) unlike(prefix string) string {
	p.count++
	return fmt.Sprint(prefix, p.count)
}

// drawn is an item with the lane that it stands in.
type drawn struct {
	ref   work.Ref
	h     holding
	lane  []work.Ref // all open items that take part in its order
	index int        // of the item; -1: it takes no part
}

// draw draws an open item.
func (p *people) draw(t *rapid.T) drawn {
	h := p.holding(p.out)
	f := drawn{ref: rapid.SampledFrom(h.open()).Draw(t, "item"), h: h}
	f.lane = h.lane(f.ref)
	f.index = slices.Index(f.lane, f.ref)
	return f
}

// lane gives the open items that stand in the lane of an item, in order.
func (h holding) lane(ref work.Ref) []work.Ref {
	var out []work.Ref
	for _, r := range h.order {
		if it := h.things[r]; r.Source == ref.Source && it.lane == h.things[ref].lane && !it.done && !it.subtask {
			out = append(out, r)
		}
	}
	return out
}

func (p *people) setScore(t *rapid.T) {
	ref, value := p.draw(t).ref, fmt.Sprint(5000+p.count)
	p.count++
	p.must(p.score(ref, p.fields[ref.Source], value))
	p.scores[ref] = value
}

// putOn puts a label of their own on an item. That changes what is known of it, so
// that a place which a person gave it holds no more.
func (p *people) putOn(t *rapid.T) {
	ref := p.draw(t).ref
	p.must(p.label(ref, p.unlike("team-")))
	delete(p.dragged, ref)
}

// takeOff takes a label of ours off an item that has one.
func (p *people) takeOff(t *rapid.T) {
	f := p.draw(t)
	for _, l := range f.h.things[f.ref].labels {
		if strings.HasPrefix(l, ourPrefix) {
			p.must(p.unlabel(f.ref, l))
			if !p.dirty {
				p.off[f.ref] = l
			}
			return
		}
	}
	t.Skip("the item carries none of ours")
}

// dragOne drags an item over at least two others, so that nobody can take it for
// a move of these.
func (p *people) dragOne(t *rapid.T) {
	f := p.draw(t)
	var to []int
	for i := range f.lane {
		if f.index >= 0 && max(i-f.index, f.index-i) >= 2 {
			to = append(to, i)
		}
	}
	if len(to) == 0 {
		t.Skip("the item cannot be dragged far")
	}
	index := rapid.SampledFrom(to).Draw(t, "to")
	rest := slices.Delete(slices.Clone(f.lane), f.index, f.index+1)
	var after, before work.Ref
	if index > 0 {
		after = rest[index-1]
	}
	if index < len(rest) {
		before = rest[index]
	}
	p.blur()
	p.must(p.drag(f.h, f.ref, after, before))
	if _, known := p.dragged[f.ref]; !known && !p.dirty {
		p.dragged[f.ref] = false
	}
}

// blur forgets what was dragged and not seen by a sync yet: once others that it was
// dragged over have left or moved, too, nobody can tell who moved.
func (p *people) blur() {
	maps.DeleteFunc(p.dragged, func(_ work.Ref, seen bool) bool { return !seen })
}

// sync syncs, wants what people did to be there as before, and syncs again.
func (p *people) sync() {
	before := p.holding(p.out)
	d, err := p.syncs(func(m cycle.Memory) cycle.Memory { return m })
	if err != nil && !errors.Is(err, outcome{exitPartial, nil}) {
		p.t.Fatalf("sync: %v", err)
	}
	after := p.holding(p.out)
	p.unharmed(before, after)
	p.kept(d, before, after)
	dumps := p.dumps(p.out)
	if d, err = p.syncs(func(m cycle.Memory) cycle.Memory { return m }); err != nil || d.Plan.Counts != (plan.Counts{}) {
		p.t.Fatalf("a second sync plans %+v, %v", d.Plan.Counts, err)
	}
	if again := p.dumps(p.out); !bytes.Equal(again[0], dumps[0]) || !bytes.Equal(again[1], dumps[1]) {
		p.t.Fatal("a second sync has changed a tracker")
	}
	p.dirty = false
}

// undo syncs and takes that back, and wants all to be as it was before.
func (p *people) undo() {
	before := p.holding(p.out)
	p.sync()
	synced := p.holding(p.out)
	if slices.Equal(before.order, synced.order) && cmp.Equal(before.outcomes(), synced.outcomes(), cmp.AllowUnexported(outcomeOf{})) {
		p.t.Skip("there is nothing to take back")
	}
	p.run(p.out, exitDone, "undo")
	after := p.holding(p.out)
	p.unharmed(synced, after)
	if diff := cmp.Diff(before.outcomes(), after.outcomes(), cmp.AllowUnexported(outcomeOf{})); diff != "" {
		p.t.Errorf("what was undone is not what was there (-before +after):\n%s", diff)
	}
	for ref, it := range before.things {
		if it.done || it.subtask {
			continue
		}
		if diff := cmp.Diff(before.lane(ref), after.lane(ref)); diff != "" {
			p.t.Fatalf("the order of the lane of %s (-before +after):\n%s", ref, diff)
		}
	}
}

// outcomes gives what is ours on each item.
func (h holding) outcomes() map[work.Ref]outcomeOf {
	out := map[work.Ref]outcomeOf{}
	for ref, it := range h.things {
		out[ref] = it.outcome()
	}
	return out
}

// crash lets a sync die at one of its calls of the memory.
func (p *people) crash(t *rapid.T) {
	before := p.holding(p.out)
	left := rapid.IntRange(0, 30).Draw(t, "calls")
	_, err := p.syncs(func(m cycle.Memory) cycle.Memory { return &dying{m, left} })
	if err == nil {
		p.dirty = false // it had fewer calls to make
		return
	}
	if !errors.Is(err, errDying) {
		p.t.Fatalf("sync: %v", err)
	}
	p.unharmed(before, p.holding(p.out))
	p.dirty = true
}

// unharmed wants a sync to have changed nothing but what is ours, and no score
// that a person set.
func (p *people) unharmed(before, after holding) {
	if diff := cmp.Diff(refsOf(before.things), refsOf(after.things)); diff != "" {
		p.t.Fatalf("the trackers hold other items (-before +after):\n%s", diff)
	}
	for ref, was := range before.things {
		is := after.things[ref]
		if diff := cmp.Diff(was.foreign, is.foreign); diff != "" {
			p.t.Errorf("%s (-before +after):\n%s", ref, diff)
		}
		if diff := cmp.Diff(others(was.labels), others(is.labels)); diff != "" {
			p.t.Errorf("labels of others on %s (-before +after):\n%s", ref, diff)
		}
		if set, ok := p.scores[ref]; ok && is.score != set {
			p.t.Errorf("%s: a person set its score to %s, and it is %q", ref, set, is.score)
		}
	}
}

// others gives the labels that are not ours.
func others(labels []string) []string {
	out := []string{}
	for _, l := range labels {
		if !strings.HasPrefix(l, ourPrefix) {
			out = append(out, l)
		}
	}
	return out
}

// kept wants labels that people took off to stay off, and items that they
// dragged to stay where they are.
func (p *people) kept(d report.Document, before, after holding) {
	of := lines(d)
	for ref, label := range p.off {
		line, ranked := of[ref]
		if ranked && ourPrefix+line.Tier == label && slices.Contains(after.things[ref].labels, label) {
			p.t.Errorf("%s: a person took %s off, and it is there again", ref, label)
		}
		if !ranked || ourPrefix+line.Tier != label {
			delete(p.off, ref) // it is not wanted any more, so nobody differs
		}
	}
	for ref := range p.dragged {
		line, ranked := of[ref]
		if !ranked {
			continue
		}
		was, is := slices.Index(before.lane(ref), ref), slices.Index(after.lane(ref), ref)
		if was != is || line.Ref == ref && line.Held != string(plan.HeldMoved) { // a mirror has no line of its own
			p.t.Errorf("%s: a person dragged it to place %d of its lane, and it is at %d, held %q", line.Key, was+1, is+1, line.Held)
		}
		p.dragged[ref] = true
	}
}

// syncs syncs once with what is made of the memory.
func (p *people) syncs(through func(cycle.Memory) cycle.Memory) (report.Document, error) {
	var printed bytes.Buffer
	env := envBeside(p.out, []string{"--config", p.file})
	a := &app{world: world{out: &printed, err: &printed, env: env, now: func() time.Time { return at }}, viper: viper.New()}
	a.viper.SetConfigFile(p.file)
	var d report.Document
	err := a.each(p.out.Context(), func(ctx context.Context, open *opener, b config.Backlog) error {
		made, err := a.round(ctx, reportOptions{at: at.Format(time.RFC3339), remember: true}, open, b, func(ctx context.Context, in cycle.Inputs, sources []source) (cycle.Round, error) {
			in.Memory, in.Force = through(in.Memory), plan.ForceAll()
			return cycle.Sync(ctx, in, connectorsOf(sources))
		})
		if made != nil {
			d = *made
		}
		return err
	})
	return d, err
}
