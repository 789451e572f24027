package prioritize

import (
	"testing"
	"time"

	"stackrank/internal/work"
)

func TestClassesOfServiceByHand(t *testing.T) {
	r := ramp{horizon: 21, boost: 2}
	item := func(class work.ClassName, target, age, due float64) work.Item {
		it := work.Item{Created: ago(age), Class: work.Class{Name: class, Target: Days(target).Duration()}}
		if due != 0 {
			it.Due = ago(-due)
		}
		return it
	}
	undated := item(work.SLA, 20, 0, 0)
	undated.Created = time.Time{}
	tests := []struct {
		name         string
		it           work.Item
		effort, want float64
		class        work.ClassName
	}{
		{"standard costs its value", item(work.Standard, 0, 5, 0), 2, 1, work.Standard},
		{"a date adds up to twice of it", item(work.Standard, 0, 5, 13.5), 2, 2, work.Standard},
		{"a fixed date is worth a twentieth of its peak long before", item(work.FixedDate, 0, 5, 100), 2, 0.15, work.FixedDate},
		{"or what the work takes of the days left", item(work.FixedDate, 0, 5, 60), 10, 3 * 15 / 60.0, work.FixedDate},
		{"half-way up its ramp", item(work.FixedDate, 0, 5, 13.5), 2, 0.15 + 2.85/2, work.FixedDate},
		{"all of it from the latest start", item(work.FixedDate, 0, 5, 3), 2, 3, work.FixedDate},
		{"a fixed date that nobody set is none", item(work.FixedDate, 0, 5, 0), 2, 1, work.Standard},
		{"a promise waits until its last quarter", item(work.SLA, 40, 20, 0), 2, 1, work.SLA},
		{"and presses then", item(work.SLA, 40, 32, 0), 2, 1 + 2*(1-5/10.0), work.SLA},
		{"once broken it grows", item(work.SLA, 40, 50, 0), 2, 3 + 2*10/40.0, work.SLA},
		{"until it is as late as it was long", item(work.SLA, 40, 400, 0), 2, 5, work.SLA},
		{"a due date may press before the promise does", item(work.SLA, 400, 1, 3), 2, 3, work.SLA},
		{"a promise needs a target", item(work.SLA, 0, 50, 0), 2, 1, work.Standard},
		{"and a day on which it began", undated, 2, 1, work.Standard},
		{"expedite counts five times", item(work.Expedite, 0, 5, 0), 2, 5, work.Expedite},
		{"whatever its date", item(work.Expedite, 0, 5, 90), 2, 5, work.Expedite},
		{"intangible work costs a tenth on its first day", item(work.Intangible, 0, 0, 0), 2, 0.1, work.Intangible},
		{"more while it is left", item(work.Intangible, 0, 45, 0), 2, 0.55, work.Intangible},
		{"all of it after 90 days", item(work.Intangible, 0, 900, 0), 2, 1, work.Intangible},
		{"a date takes it out of its class", item(work.Intangible, 0, 0, 3), 2, 3, work.Standard},
	}
	for _, tt := range tests {
		got := r.timing(work.Group{Items: []work.Item{tt.it}}, noon, tt.effort)
		if !near(got.factor, tt.want) || got.class != tt.class {
			t.Errorf("%s: factor %v, class %q, want %v, %q", tt.name, got.factor, got.class, tt.want, tt.class)
		}
	}
}

func TestAPromiseIsADate(t *testing.T) {
	g := one("A", work.Signals{work.Effort: 1.5})
	g.Items[0].Created, g.Items[0].Class = ago(30), work.Class{Name: work.SLA, Target: Days(20).Duration()}
	s := engineOf(t, func(s *Settings) { s.Require = []string{"due"} }).Score(g, noon)
	if !s.Due.Equal(ago(10)) || !near(s.Overdue, 10) || s.Slack != -12.5 || s.Unmet != nil {
		t.Errorf("due %v, overdue %v, slack %v, unmet %v; want ten days ago, 10, −12.5 (half a horizon of five days is the most lead), nothing", s.Due, s.Overdue, s.Slack, s.Unmet)
	}
}

func TestTheClassOfTheFirstMemberThatHasOneDecides(t *testing.T) {
	g := work.Group{Items: []work.Item{{}, {Class: work.Class{Name: work.Expedite}}, {Class: work.Class{Name: work.Intangible}}}}
	if s := engineOf(t, nil).Score(g, noon); s.Class != work.Expedite || s.Urgency != 5 {
		t.Errorf("class %q, urgency %v, want expedite, 5", s.Class, s.Urgency)
	}
}
