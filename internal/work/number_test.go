package work

import "testing"

func TestThousands(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 999: "999", 1000: "1,000", 1961: "1,961", -12_345.4: "-12,345", 1e15: "1,000,000,000,000,000"} {
		if got := Thousands(f); got != want {
			t.Errorf("Thousands(%v) = %q, want %q", f, got, want)
		}
	}
}
