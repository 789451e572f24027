package plan

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDefaultIsValid(t *testing.T) {
	if err := Default().Validate(); err != nil {
		t.Errorf("Default().Validate() = %v", err)
	}
}

func TestValidateNamesTheKey(t *testing.T) {
	tests := []struct {
		name string
		mar  func(*Rules)
		want string // how the error begins
	}{
		{"an unknown word for apply", func(r *Rules) { r.Apply = "always" }, "apply: "},
		{"an unknown kind to hold", func(r *Rules) { r.Hold = []Hold{HoldActive, "done"} }, "hold[1]: "},
		{"a kind to hold twice", func(r *Rules) { r.Hold = []Hold{HoldEpic, HoldEpic} }, "hold[1]: "},
		{"one field for score and rank", func(r *Rules) { r.To = map[string]Target{"a": {Score: "F", Rank: "F"}} }, "to.a.rank: "},
		{"labels without tiers", func(r *Rules) { r.Tiers, r.To = nil, map[string]Target{"a": {Labels: true}} }, "to.a.labels: "},
		{"no prefix", func(r *Rules) { r.LabelPrefix = "" }, "label_prefix: "},
		{"a prefix with a space", func(r *Rules) { r.LabelPrefix = "stack rank-" }, "label_prefix: "},
		{"a tier with two names", func(r *Rules) { r.Tiers = []Tier{{"a": 1, "b": 2}} }, "tiers[0]: "},
		{"a tier that people set", func(r *Rules) { r.Tiers = []Tier{{"pin": 1}} }, "tiers[0]: "},
		{"a tier with a space", func(r *Rules) { r.Tiers = []Tier{{"right now": 1}} }, "tiers[0]: "},
		{"a tier without a place", func(r *Rules) { r.Tiers = []Tier{{"now": 0}} }, "tiers[0]: "},
		{"tiers that do not go down", func(r *Rules) { r.Tiers = []Tier{{"now": 10}, {"next": 10}} }, "tiers[1]: "},
		{"a tier twice", func(r *Rules) { r.Tiers = []Tier{{"now": 10}, {"now": 20}} }, "tiers[1]: "},
		{"a number of places below zero", func(r *Rules) { r.Top = -1 }, "top: "},
		{"a difference below zero", func(r *Rules) { r.MinDelta = -1 }, "min_delta: "},
		{"a share above one", func(r *Rules) { r.MaxShare = 20 }, "max_share: "},
		{"an unknown word for on_leave", func(r *Rules) { r.OnLeave = "" }, "on_leave: "},
		{"an unknown word for on_conflict", func(r *Rules) { r.OnConflict = "mine" }, "on_conflict: "},
		{"pins for less than no time", func(r *Rules) { r.PinFor = -time.Hour }, "pin_for: "},
		{"an unknown word for pin_expiry", func(r *Rules) { r.PinExpiry = "drop" }, "pin_expiry: "},
		{"plans that are old at once", func(r *Rules) { r.PlanTTL = 0 }, "plan_ttl: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := Default()
			tt.mar(&r)
			err := r.Validate()
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("Validate() = %v, want one error that begins with %q", err, tt.want)
			}
		})
	}
}

func TestValidateReportsEverything(t *testing.T) {
	err := Rules{MaxShare: 2}.Validate()
	for _, key := range []string{"apply: ", "label_prefix: ", "max_share: ", "on_leave: ", "on_conflict: ", "pin_expiry: ", "plan_ttl: "} {
		if err == nil || !strings.Contains("\n"+err.Error(), "\n"+key) {
			t.Errorf("Validate() = %v, want an error that begins with %q among them", err, key)
		}
	}
}

func TestTop(t *testing.T) {
	tests := []struct {
		in   string
		want Top
		ok   bool
	}{
		{"100", 100, true}, {"1", 1, true}, {"all", 0, true},
		{"0", 0, false}, {"-3", 0, false}, {"ALL", 0, false}, {"", 0, false}, {"1.5", 0, false},
	}
	for _, tt := range tests {
		var got Top
		if err := got.UnmarshalText([]byte(tt.in)); got != tt.want || (err == nil) != tt.ok {
			t.Errorf("UnmarshalText(%q) = %v, %v; want %v, accepted %v", tt.in, got, err, tt.want, tt.ok)
		}
		if tt.ok && got.String() != tt.in {
			t.Errorf("String() = %q, want %q", got, tt.in)
		}
	}
}

func TestWindowContains(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		window, at string // at: local time in Berlin; 2026-03-02 is a Monday
		want       bool
	}{
		{"Mon 09:00-12:00", "2026-03-02 09:00", true},
		{"Mon 09:00-12:00", "2026-03-02 11:59", true},
		{"Mon 09:00-12:00", "2026-03-02 12:00", false},
		{"Mon 09:00-12:00", "2026-03-02 08:59", false},
		{"Mon 09:00-12:00", "2026-03-03 10:00", false},
		{"mon-fri 08:00-18:00", "2026-03-06 17:00", true},
		{"Mon-Fri 08:00-18:00", "2026-03-07 17:00", false},
		{"Fri-Mon 08:00-18:00", "2026-03-08 09:00", true},
		{"Fri-Mon 08:00-18:00", "2026-03-03 09:00", false},
		{"22:00-06:00", "2026-03-04 23:00", true},
		{"22:00-06:00", "2026-03-04 05:59", true},
		{"22:00-06:00", "2026-03-04 06:00", false},
		{"Sat 22:00-06:00", "2026-03-08 05:00", true},
		{"Sat 22:00-06:00", "2026-03-07 05:00", false},
		{"Sun 20:00-24:00", "2026-03-08 23:59", true},
		{"Sun 20:00-24:00", "2026-03-09 00:00", false},
		{"00:00-24:00", "2026-03-09 00:00", true},
		{"02:00-03:00", "2026-10-25 02:30", true}, // the hour that comes twice
	}
	for _, tt := range tests {
		var w Window
		if err := w.UnmarshalText([]byte(tt.window)); err != nil {
			t.Errorf("%q: %v", tt.window, err)
			continue
		}
		at, err := time.ParseInLocation("2006-01-02 15:04", tt.at, berlin)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.Contains(at.UTC(), berlin); got != tt.want {
			t.Errorf("%q contains %s: %v, want %v", tt.window, tt.at, got, tt.want)
		}
	}
	if (Window{}).Contains(noon, time.UTC) {
		t.Error("the zero window contains something")
	}
}

func TestWindowRefusesWhatItCannotRead(t *testing.T) {
	for _, s := range []string{"", "Mon", "Mon 9:00-12:00", "Mon 09:00", "Mon 09:00-25:00", "Mon 09:00-09:00", "Mo 09:00-12:00", "Mon- 09:00-12:00", "Mon Tue 09:00-12:00", "24:00-06:00", "09:00–12:00"} {
		w := Window{text: "as before"}
		if err := w.UnmarshalText([]byte(s)); err == nil || w.text != "as before" {
			t.Errorf("UnmarshalText(%q) = %v and left %q, want an error and nothing changed", s, err, w)
		}
	}
}

func FuzzWindow(f *testing.F) {
	f.Add("Mon-Fri 08:00-18:00")
	f.Fuzz(func(t *testing.T, s string) {
		var w, again Window
		if w.UnmarshalText([]byte(s)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(w.String())); err != nil || again != w {
			t.Errorf("%q reads as %+v, and what it prints as %+v, %v", s, w, again, err)
		}
	})
}

func TestWindowAndItsRestFillTheWeek(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := rapid.Custom(func(t *rapid.T) string {
			return time.Date(0, 1, 1, 0, rapid.IntRange(0, 24*60-1).Draw(t, "minute"), 0, 0, time.UTC).Format("15:04")
		})
		a, b := clock.Draw(t, "from"), clock.Draw(t, "to")
		if a == b {
			return
		}
		var in, out Window
		if err := in.UnmarshalText([]byte(a + "-" + b)); err != nil {
			t.Fatal(err)
		}
		if err := out.UnmarshalText([]byte(b + "-" + a)); err != nil {
			t.Fatal(err)
		}
		at := noon.Add(time.Duration(rapid.IntRange(0, 7*24*60).Draw(t, "at")) * time.Minute)
		if in.Contains(at, time.UTC) == out.Contains(at, time.UTC) {
			t.Errorf("%s lies in both or neither of %s and %s", at, in, out)
		}
	})
}
