package prioritize

import (
	"strings"
	"testing"
	"time"
)

func TestDaysAreReadWithTheirUnit(t *testing.T) {
	tests := []struct {
		in   string
		want Days
	}{
		{"21d", 21}, {"3w", 21}, {"36h", 1.5}, {"1.5d", 1.5}, {"0d", 0}, {".5w", 3.5}, {"36500d", maxDays},
	}
	for _, tt := range tests {
		var d Days
		if err := d.UnmarshalText([]byte(tt.in)); err != nil || d != tt.want {
			t.Errorf("%q: got %v, %v, want %v", tt.in, d, err, tt.want)
		}
	}
}

func TestDaysRefuseWhatHasNoUnitOrNoSense(t *testing.T) {
	for _, in := range []string{"", "21", "d", "-1d", "+1d", "1e3d", "0x10d", "NaNd", "infd", "1 d", "1.2.3d", "10m", "36501d", "21D", "1w2d", "99999999999999999999h", strings.Repeat("9", 400) + "d"} {
		d := Days(7)
		if err := d.UnmarshalText([]byte(in)); err == nil {
			t.Errorf("%q was read as %v", in, d)
		} else if !strings.HasPrefix(err.Error(), "span ") {
			t.Errorf("%q: message %q does not say what is wrong", in, err)
		}
		if d != 7 {
			t.Errorf("%q was refused, yet changed the span to %v", in, d)
		}
	}
}

func TestDaysAsDuration(t *testing.T) {
	if got := Days(1.5).Duration(); got != 36*time.Hour {
		t.Errorf("Days(1.5).Duration() = %v, want 36h", got)
	}
	if got := Days(maxDays).Duration(); got <= 0 {
		t.Errorf("the longest span overflows to %v", got)
	}
}

func FuzzDays(f *testing.F) {
	for _, s := range []string{"21d", "3w", "36h", "0.1h", "1e9d", "36500d", "..d", "٣d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var d, again Days
		if d.UnmarshalText([]byte(s)) != nil {
			return
		}
		if d < 0 || d > maxDays {
			t.Fatalf("%q was read as %v", s, d)
		}
		if err := again.UnmarshalText([]byte(d.String())); err != nil || again != d {
			t.Fatalf("%q became %v, which is read as %v, %v", s, d, again, err)
		}
	})
}
