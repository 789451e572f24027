package cycle

import (
	"context"
	"errors"
	"testing"

	"stackrank/connectors"
	"stackrank/internal/work"
	"stackrank/prioritize"
)

// TestNobodyWaitsForWhatIsCancelled cancels while something is computed that does
// not end by itself.
func TestNobodyWaitsForWhatIsCancelled(t *testing.T) {
	enough := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	never := make(chan int)
	defer close(never)
	got, err := Within(ctx, func() int {
		cancel(enough)
		return <-never
	})
	if got != 0 || !errors.Is(err, enough) {
		t.Errorf("Within() = %d, %v, want the cause", got, err)
	}
	if _, err := Within(ctx, func() int { t.Error("it is computed nevertheless"); return 1 }); !errors.Is(err, enough) {
		t.Errorf("a second time: %v, want the cause", err)
	}
	if got, err := Within(t.Context(), func() int { return 1 }); got != 1 || err != nil {
		t.Errorf("Within() = %d, %v, want 1", got, err)
	}
}

// cancelling is a source that has the round cancelled once it is read.
type cancelling struct {
	*tracker
	cancel context.CancelFunc
}

func (c cancelling) Pull(ctx context.Context) (work.Snapshot, error) {
	s, err := c.tracker.Pull(ctx)
	c.cancel()
	return s, err
}

func TestACancelledRoundHasNoPlan(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	source := cancelling{&tracker{source: "jira", items: []work.Item{{Ref: work.Ref{Source: "jira", ID: "1"}, Key: "A"}}}, cancel}
	in := Inputs{Policy: prioritize.Default(), Now: noon}
	r, err := Preview(ctx, in, []connectors.Reader{source})
	if !errors.Is(err, context.Canceled) || len(r.Ranking.Ranked) > 0 || r.Plan.Digest != "" {
		t.Errorf("Preview() = %d ranked, digest %q, %v", len(r.Ranking.Ranked), r.Plan.Digest, err)
	}
}
