package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"stackrank/internal/work"
)

func request(path string) *http.Request {
	req, err := http.NewRequest(http.MethodGet, site+path, nil)
	if err != nil {
		panic(err)
	}
	return req
}

func byPath(r *http.Request) (string, bool) { return r.URL.Path, r.URL.Path != "/free" }

func TestNoSpanSeesMoreThanTheRuleAllows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := []Rule{
			{Name: "all", Requests: rapid.IntRange(2, 30).Draw(t, "requests"), Per: time.Duration(rapid.IntRange(1, 5000).Draw(t, "per")) * time.Millisecond, Burst: rapid.IntRange(0, 40).Draw(t, "burst")},
			{Name: "path", Match: byPath, Requests: rapid.IntRange(1, 10).Draw(t, "per path"), Per: time.Second},
		}
		b := NewBudget(rules...)
		now := noon
		sent := map[string][]time.Time{}
		for range rapid.IntRange(1, 150).Draw(t, "n") {
			now = now.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "pause")) * time.Millisecond)
			req := request(rapid.SampledFrom([]string{"/a", "/b", "/free"}).Draw(t, "path"))
			wait, _ := b.admit(req, now)
			if wait > 0 {
				now = now.Add(wait)
				if more, _ := b.admit(req, now); more != 0 {
					t.Fatalf("told to wait %v, then %v more", wait, more)
				}
			}
			sent["all"] = append(sent["all"], now)
			if path := req.URL.Path; path != "/free" {
				sent[path] = append(sent[path], now)
			}
		}
		checkSpans(t, "all", sent["all"], rules[0])
		checkSpans(t, "/a", sent["/a"], rules[1])
		checkSpans(t, "/b", sent["/b"], rules[1])
	})
}

// checkSpans fails where one span of the rule holds too many requests.
func checkSpans(t *rapid.T, name string, sent []time.Time, r Rule) {
	for i := r.Requests; i < len(sent); i++ {
		if d := sent[i].Sub(sent[i-r.Requests]); d < r.Per {
			t.Fatalf("%s: %d requests within %v, want at most %d in %v", name, r.Requests+1, d, r.Requests, r.Per)
		}
	}
}

func TestABudgetIsNotWasted(t *testing.T) {
	tests := []struct {
		rule  Rule
		burst int
		every time.Duration
	}{
		{Rule{Requests: 100, Per: 10 * time.Second}, 20, 125 * time.Millisecond},
		{Rule{Requests: 100, Per: 10 * time.Second, Burst: 99}, 50, 200 * time.Millisecond},
		{Rule{Requests: 20, Per: 2 * time.Second}, 4, 125 * time.Millisecond},
		{Rule{Requests: 1, Per: time.Second}, 1, time.Second},
		{Rule{Requests: 2, Per: time.Second}, 1, time.Second},
	}
	for _, tt := range tests {
		if every, burst := tt.rule.step(); burst != tt.burst || every != tt.every {
			t.Errorf("%+v: %d at once, then one in %v; want %d, %v", tt.rule, burst, every, tt.burst, tt.every)
		}
	}
}

func TestRulesWithoutALimitAreNone(t *testing.T) {
	b := NewBudget(Rule{Requests: 0, Per: time.Second}, Rule{Requests: 5})
	for range 100 {
		if wait, _ := b.admit(request("/x"), noon); wait != 0 {
			t.Fatalf("waits %v without a limit", wait)
		}
	}
}

func TestParallelRequestsAreCapped(t *testing.T) {
	for _, limit := range []int{0, 1, 3} {
		synctest.Test(t, func(t *testing.T) {
			var now, most atomic.Int32
			b := NewBudget()
			b.Parallel = limit
			c := over(t, fake(func(*http.Request) (*http.Response, error) {
				most.Store(max(most.Load(), now.Add(1)))
				time.Sleep(time.Second)
				now.Add(-1)
				return reply(200, "{}"), nil
			}), func(o *Options) { o.Budget = b })
			var wg sync.WaitGroup
			for range 30 {
				wg.Go(func() { _, _ = send(t, c, "GET", "/x", "") })
			}
			wg.Wait()
			want := int32(limit)
			if limit == 0 {
				want = defaultParallel
			}
			if most.Load() != want {
				t.Errorf("Parallel %d: %d at a time, want %d", limit, most.Load(), want)
			}
		})
	}
}

func TestARefusalHoldsWhatItsReasonSays(t *testing.T) {
	rules := []Rule{
		{Name: "method", Match: func(r *http.Request) (string, bool) { return r.Method, true }, Requests: 1000, Per: time.Second},
		{Name: "path", Match: byPath, Requests: 1000, Per: 3 * time.Second},
	}
	tests := []struct {
		name, reason       string
		header             []string
		same, other, write time.Duration // how long each has to wait: the same path, another, another method
	}{
		{"one path", "path", []string{"Retry-After", "7"}, 7 * time.Second, 0, 0},
		{"one method", "method", []string{"Retry-After", "7"}, 7 * time.Second, 7 * time.Second, 0},
		{"a quota", "", []string{"Retry-After", "7"}, 7 * time.Second, 7 * time.Second, 7 * time.Second},
		{"a reason never heard of", "new", []string{"Retry-After", "7"}, 7 * time.Second, 7 * time.Second, 7 * time.Second},
		{"zero is the span of the rule", "path", []string{"Retry-After", "0"}, 3 * time.Second, 0, 0},
		{"nothing said is the span of the rule", "path", nil, 3 * time.Second, 0, 0},
		{"nothing said but in the rate headers", "path", []string{"X-RateLimit-Remaining", "0"}, 5 * time.Second, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := NewBudget(rules...)
				b.Scope = func(e *Error) string { return e.Header.Get("RateLimit-Reason") }
				b.Headers = func(h http.Header) (int, time.Duration, bool) {
					n, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
					return n, 5 * time.Second, err == nil
				}
				n := 0
				c := over(t, replies(&n, answers(429, "", append(tt.header, "RateLimit-Reason", tt.reason)...), answers(200, "{}")), func(o *Options) {
					o.Budget, o.Attempts = b, 1
				})
				_, err := send(t, c, "GET", "/a", "")
				if e, ok := errors.AsType[*Error](err); !ok || e.RetryAfter != tt.same || !errors.Is(err, work.ErrThrottled) {
					t.Fatalf("error = %v, want ErrThrottled with %v", err, tt.same)
				}
				var wg sync.WaitGroup
				for _, call := range []struct {
					method, path string
					want         time.Duration
				}{{"GET", "/a", tt.same}, {"GET", "/b", tt.other}, {"PUT", "/b", tt.write}} {
					wg.Go(func() {
						start := time.Now()
						if _, err := send(t, c, call.method, call.path, ""); err != nil {
							t.Error(err)
						}
						if took := time.Since(start); took != call.want {
							t.Errorf("%s %s waited %v, want %v", call.method, call.path, took, call.want)
						}
					})
				}
				wg.Wait()
			})
		})
	}
}

func TestFewRemainingAreSpread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit, window = 100, 10 * time.Second
		left := limit
		begin := time.Now()
		refused := 0
		net := fake(func(*http.Request) (*http.Response, error) { // others use the limit too
			if time.Since(begin) >= window {
				begin, left = time.Now(), limit
			}
			left -= 3
			h := []string{"X-Left", strconv.Itoa(max(left, 0)), "X-Reset", (window - time.Since(begin)).String()}
			if left < 0 {
				refused++
				return reply(429, "", append(h, "Retry-After", "10")...), nil
			}
			return reply(200, "{}", h...), nil
		})
		b := NewBudget(Rule{Name: "token", Requests: limit, Per: window})
		b.Headers = func(h http.Header) (int, time.Duration, bool) {
			n, err := strconv.Atoi(h.Get("X-Left"))
			d, _ := time.ParseDuration(h.Get("X-Reset"))
			return n / 3, d, err == nil
		}
		c := over(t, net, func(o *Options) { o.Budget = b })
		start := time.Now()
		for range 200 {
			if _, err := send(t, c, "GET", "/x", ""); err != nil {
				t.Fatal(err)
			}
		}
		if refused > 0 {
			t.Errorf("%d refusals, want none: the headers had told", refused)
		}
		if took := time.Since(start); took > 80*time.Second {
			t.Errorf("200 requests took %v, want the 33 of every window used", took)
		}
	})
}

func TestPlentyRemainingIsNotSlowed(t *testing.T) {
	b := NewBudget(Rule{Requests: 100, Per: 10 * time.Second})
	b.Headers = func(http.Header) (int, time.Duration, bool) { return 21, 10 * time.Second, true }
	b.Observe(request("/x"), http.Header{"X": {"1"}})
	if wait, _ := b.admit(request("/x"), time.Now()); wait != 0 {
		t.Errorf("waits %v with 21 of 100 left", wait)
	}
}

func TestAHoldEndsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget()
		b.Hold(nil, time.Now().Add(5*time.Second))
		b.Hold(func(r *http.Request) bool { return r.URL.Path == "/a" }, time.Now().Add(8*time.Second))
		for path, want := range map[string]time.Duration{"/a": 8 * time.Second, "/b": 5 * time.Second} {
			if wait, asked := b.admit(request(path), time.Now()); wait != want || asked != want {
				t.Errorf("%s waits %v of which %v asked for, want %v", path, wait, asked, want)
			}
		}
		time.Sleep(8 * time.Second)
		if wait, _ := b.admit(request("/a"), time.Now()); wait != 0 || len(b.holds) != 0 {
			t.Errorf("after the hold: waits %v, %d holds kept", wait, len(b.holds))
		}
	})
}

func TestAHoldSetMeanwhileIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget()
		b.Hold(nil, time.Now().Add(2*time.Second))
		time.AfterFunc(time.Second, func() { b.Hold(nil, time.Now().Add(4*time.Second)) })
		start := time.Now()
		release, err := b.Wait(t.Context(), request("/x"), time.Minute)
		if err != nil || time.Since(start) != 5*time.Second {
			t.Fatalf("waited %v, %v; want 5 s", time.Since(start), err)
		}
		release()
	})
}

func TestWhatWaitsDoesNotKeepOthersFromTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBudget()
		b.Parallel = 1
		b.Hold(func(r *http.Request) bool { return r.URL.Path == "/held" }, time.Now().Add(time.Minute))
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if release, err := b.Wait(t.Context(), request("/held"), time.Hour); err == nil {
					release()
				}
			})
		}
		synctest.Wait()
		start := time.Now()
		release, err := b.Wait(t.Context(), request("/free"), 0)
		if err != nil || time.Since(start) != 0 {
			t.Errorf("another request waited %v, %v", time.Since(start), err)
		}
		release()
		wg.Wait()
	})
}

func TestADeadlineBeforeThereIsRoomIsToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := over(t, replies(&n, answers(200, "{}")), func(o *Options) { o.Budget = NewBudget(Rule{Requests: 1, Per: time.Hour}) })
		_, _ = send(t, c, "GET", "/x", "")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		_, err := do(t, c.HTTP(), request("/x").WithContext(ctx))
		if !errors.Is(err, work.ErrThrottled) || !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 0 || n != 1 {
			t.Errorf("got %v after %v and %d requests, want ErrThrottled at once", err, time.Since(start), n)
		}
	})
}

func TestWaitingIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := over(t, replies(&n, answers(200, "{}")), func(o *Options) { o.Budget = NewBudget(Rule{Requests: 1, Per: time.Minute}) })
		for range 3 {
			_, _ = send(t, c, "GET", "/x", "")
		}
		if got := c.Stats().Waited; got != 2*time.Minute {
			t.Errorf("waited %v, want 2 min", got)
		}
	})
}

func TestIdleKeysAreForgotten(t *testing.T) {
	b := NewBudget(Rule{Match: byPath, Requests: 20, Per: 2 * time.Second})
	now := noon
	for i := range 5000 {
		now = now.Add(time.Second)
		b.admit(request(fmt.Sprint("/", i)), now)
	}
	if len(b.lanes) > 1100 {
		t.Errorf("%d keys kept, want the idle ones dropped", len(b.lanes))
	}
}

func FuzzHeadersOnlyEverSlowDown(f *testing.F) {
	f.Add(0, int64(time.Second), int64(3))
	f.Add(-1, int64(-5), int64(0))
	f.Add(1<<62, int64(1<<62), int64(1<<62))
	f.Fuzz(func(t *testing.T, remaining int, reset, after int64) {
		b := NewBudget(Rule{Requests: 10, Per: time.Second})
		b.Headers = func(http.Header) (int, time.Duration, bool) { return remaining, time.Duration(reset), true }
		b.Observe(request("/x"), http.Header{"X": {"1"}})
		wait, asked := b.admit(request("/x"), time.Now())
		if limit := min(max(0, time.Duration(reset)), longestHold); wait < 0 || asked < 0 || wait > limit {
			t.Errorf("remaining %d, reset %v: waits %v, asked %v", remaining, time.Duration(reset), wait, asked)
		}
		if d := b.Refused(request("/x"), &Error{RetryAfter: time.Duration(after)}); d < 0 {
			t.Errorf("a refusal asks to wait %v", d)
		}
		if wait, _ := b.admit(request("/x"), time.Now()); wait > longestHold {
			t.Errorf("waits %v, longer than any service asks for", wait)
		}
	})
}
