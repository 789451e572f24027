package connectortest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"stackrank/internal/work"
)

// same compares items as the program does: values by ==, nothing and empty alike.
func same() cmp.Options {
	return cmp.Options{
		cmpopts.EquateEmpty(),
		cmp.Comparer(func(a, b work.Value) bool { return a == b }),
	}
}

func pullComplete(t *testing.T, r *rig) {
	got := r.pull(t)
	want := make([]work.Item, len(r.Want))
	for i, it := range r.Want {
		it.URL = strings.ReplaceAll(it.URL, "BASE", r.url)
		want[i] = it
	}
	if diff := cmp.Diff(want, got.Items, same()...); diff != "" {
		t.Errorf("Pull() (-want +got):\n%s", diff)
	}
	seen := map[work.Ref]bool{}
	next := map[string]int{}
	for _, it := range got.Items {
		if seen[it.Ref] {
			t.Errorf("%s is there twice", it.Ref)
		}
		seen[it.Ref] = true
		if it.Status == work.Done {
			t.Errorf("%s is done and yet in the backlog", it.Ref)
		}
		if it.Native != next[it.Lane] {
			t.Errorf("%s has native position %d in lane %q, want %d", it.Ref, it.Native, it.Lane, next[it.Lane])
		}
		next[it.Lane]++
	}
}

func pullTwice(t *testing.T, r *rig) {
	a, b := r.pull(t), r.pull(t)
	if diff := cmp.Diff(a, b, same()...); diff != "" {
		t.Errorf("the second pull differs (-first +second):\n%s", diff)
	}
}

func pullWritesNothing(t *testing.T, r *rig) {
	before := r.State()
	r.pull(t)
	if n := r.sent(); n != 0 {
		t.Errorf("a pull sent %d writes, want none", n)
	}
	if diff := cmp.Diff(before, r.State()); diff != "" {
		t.Errorf("a pull changed the service (-before +after):\n%s", diff)
	}
}

// kinds says which kind each refusal is, and whether a connector may repeat it
// before giving up.
var kinds = []struct {
	status int
	kind   error
}{
	{http.StatusBadRequest, work.ErrInvalid},
	{http.StatusUnauthorized, work.ErrAuth},
	{http.StatusForbidden, work.ErrForbidden},
	{http.StatusNotFound, work.ErrNotFound},
	{http.StatusConflict, work.ErrConflict},
	{http.StatusGone, work.ErrNotFound},
	{http.StatusTooManyRequests, work.ErrThrottled},
	{http.StatusInternalServerError, work.ErrUnavailable},
	{http.StatusBadGateway, work.ErrUnavailable},
	{http.StatusServiceUnavailable, work.ErrUnavailable},
}

func readKinds(t *testing.T, r *rig) {
	r.kinds(t, "Pull()", func(ctx context.Context) (int, error) {
		s, err := r.conn.Pull(ctx)
		return len(s.Items), err
	})
}

// kinds has every request refused in every way, and wants of a read the right
// kind and no items.
func (r *rig) kinds(t *testing.T, call string, read func(context.Context) (items int, err error)) {
	for _, k := range kinds {
		t.Run(fmt.Sprint(k.status), func(t *testing.T) {
			r.spoilWith(func(w http.ResponseWriter, _ *http.Request) bool {
				http.Error(w, "refused", k.status)
				return true
			})
			defer r.spoilWith(nil)
			n, err := read(t.Context())
			if !errors.Is(r.keep(t, err), k.kind) {
				t.Errorf("%s = %v, want the kind %q", call, err, k.kind)
			}
			if n != 0 {
				t.Errorf("%s gave %d items beside its error, want none", call, n)
			}
		})
	}
}

// rubbish are answers with status 200 that hold no data.
var rubbish = map[string]struct{ contentType, body string }{
	"a log-in page":         {"text/html;charset=UTF-8", "<!DOCTYPE html><html><body>Log in</body></html>"},
	"a log-in page as JSON": {"application/json", "<!DOCTYPE html><html><body>Log in</body></html>"},
	"half of a document":    {"application/json", `{"issues":[{"id":"1"`},
	"a bare text":           {"application/json", `"ok"`},
	"an empty body":         {"application/json", ""},
	"an empty object":       {"application/json", "{}"},
	"null":                  {"application/json", "null"},
	"a number":              {"application/json", "42"},
}

func rubbishReads(t *testing.T, r *rig) {
	for name, answer := range rubbish {
		t.Run(name, func(t *testing.T) {
			r.spoilWith(func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Type", answer.contentType)
				_, err := io.WriteString(w, answer.body)
				return err == nil
			})
			defer r.spoilWith(nil)
			fresh := r.Open(t, r.url, func(string) {})
			s, err := fresh.Pull(t.Context())
			if r.keep(t, err) == nil {
				t.Errorf("Pull() gave %d items and no error", len(s.Items))
			}
		})
	}
}

func retryAfter(t *testing.T, r *rig) {
	const wait = time.Second
	var mu sync.Mutex
	var refused time.Time
	early := 0
	r.spoilWith(func(w http.ResponseWriter, _ *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		if !refused.IsZero() {
			if time.Since(refused) < wait-50*time.Millisecond {
				early++
			}
			return false
		}
		refused = time.Now()
		w.Header().Set("Retry-After", "1")
		http.Error(w, "slow down", http.StatusTooManyRequests)
		return true
	})
	r.pull(t)
	mu.Lock()
	defer mu.Unlock()
	if early > 0 {
		t.Errorf("%d requests came before Retry-After had passed", early)
	}
}

func cancelPull(t *testing.T, r *rig) { r.cancelWhile(t, nothing, r.justPull) }

func cancelBody(t *testing.T, r *rig) {
	r.cancelWhile(t, func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"issues":[`) // the client may be gone already
		w.(http.Flusher).Flush()
	}, r.justPull)
}

func (r *rig) justPull(ctx context.Context) error {
	_, err := r.conn.Pull(ctx)
	return err
}

// nothing begins no answer.
func nothing(http.ResponseWriter) {}

// cancelWhile cancels a read whose answers begin as given and never end.
func (r *rig) cancelWhile(t *testing.T, begin func(http.ResponseWriter), read func(context.Context) error) {
	t.Helper()
	release := make(chan struct{})
	defer close(release)
	r.spoilWith(func(w http.ResponseWriter, q *http.Request) bool {
		begin(w)
		select {
		case <-release:
		case <-q.Context().Done():
		}
		return true
	})
	r.mustCancel(t, read)
}

// mustCancel cancels f while it runs and wants it to say so, at once.
func (r *rig) mustCancel(t *testing.T, f func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := r.keep(t, within(t, cancel, func() error { return f(ctx) }))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled call gave %v, want context.Canceled", err)
	}
}

// noSecrets searches everything that was said for the credentials.
func (r *rig) noSecrets(t *testing.T) {
	t.Helper()
	for _, text := range r.texts {
		for _, s := range r.Secrets {
			if strings.Contains(text, s) {
				t.Errorf("a secret is shown in %q", strings.ReplaceAll(text, s, "•••"))
			}
		}
	}
}

// Sound checks what holds of every pull, whatever was answered: an error is a
// sentence, no item comes twice or without a name, and signals are numbers.
func Sound(t *testing.T, s work.Snapshot, err error) {
	t.Helper()
	if err != nil {
		if text := err.Error(); text == "" || strings.ContainsFunc(text, unicode.IsControl) {
			t.Errorf("the error is no sentence: %q", text)
		}
		return
	}
	seen := map[work.Ref]bool{}
	for _, it := range s.Items {
		if seen[it.Ref] || it.Ref.ID == "" || it.Key == "" {
			t.Errorf("%+v comes twice or without a name", it)
		}
		seen[it.Ref] = true
		for signal, x := range it.Signals {
			if x-x != 0 {
				t.Errorf("signal %s of %s is %v", signal, it.Ref, x)
			}
		}
	}
}
