package rest

import (
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"stackrank/internal/work"
)

// sendAll sends ten requests over each of the clients at once and gives the
// times at which they reached the network.
func sendAll(t *testing.T, clients int, change func(*Options)) []time.Time {
	t.Helper()
	var mu sync.Mutex
	var sent []time.Time
	net := fake(func(*http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, time.Now())
		return reply(200, "{}"), nil
	})
	var wg sync.WaitGroup
	for range clients {
		c := over(t, net, change)
		for range 10 {
			wg.Go(func() {
				if _, err := send(t, c, "GET", "/x", ""); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if len(sent) != 10*clients {
		t.Errorf("%d requests, want %d", len(sent), 10*clients)
	}
	return sent
}

// noSpanHolds fails where eleven requests came within ten seconds.
func noSpanHolds(t *testing.T, sent []time.Time) {
	t.Helper()
	for i := 10; i < len(sent); i++ {
		if d := sent[i].Sub(sent[i-10]); d < 10*time.Second {
			t.Errorf("eleven requests within %v", d)
		}
	}
}

func TestOneBudgetForAllClientsOfACredential(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all Budgets
		build := func() *Budget { return NewBudget(Rule{Requests: 10, Per: 10 * time.Second}) }
		if all.For("other", build) == all.For("one", build) {
			t.Fatal("two credentials share a budget")
		}
		sent := sendAll(t, 4, func(o *Options) { o.Budget = all.For("one", build) })
		noSpanHolds(t, sent)
		if took := time.Since(sent[0]); took > 50*time.Second {
			t.Errorf("took %v, want 50 s at most", took)
		}
	})
}

func TestCredentialsOfOneKeyShareItsBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wide := NewBudget(Rule{Requests: 10, Per: 10 * time.Second})
		noSpanHolds(t, sendAll(t, 3, func(o *Options) {
			o.Budget, o.Wider = NewBudget(Rule{Requests: 8, Per: 10 * time.Second}), wide
		}))
	})
}

func TestARefusalOfOneCredentialHoldsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wide := NewBudget(Rule{Requests: 100, Per: time.Second})
		refuse := fake(func(*http.Request) (*http.Response, error) {
			r := reply(429, "slow down")
			r.Header.Set("Retry-After", "60")
			return r, nil
		})
		one := over(t, refuse, func(o *Options) { o.Wider, o.Attempts = wide, 1 })
		if _, err := send(t, one, "GET", "/x", ""); !errors.Is(err, work.ErrThrottled) {
			t.Fatalf("send() = %v, want the kind %v", err, work.ErrThrottled)
		}
		begin := time.Now()
		accept := fake(func(*http.Request) (*http.Response, error) { return reply(200, "{}"), nil })
		other := over(t, accept, func(o *Options) { o.Wider = wide })
		if _, err := send(t, other, "GET", "/x", ""); err != nil || time.Since(begin) > time.Second {
			t.Errorf("another credential waited %v, %v", time.Since(begin), err)
		}
	})
}
