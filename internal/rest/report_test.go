package rest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"stackrank/internal/work"
)

func checkLine(t *testing.T, s string) {
	t.Helper()
	if utf8.RuneCountInString(s) > textLimit || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("text %q: want one printable line of at most %d characters", s, textLimit)
	}
}

func TestOneLine(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"lines are joined", "a\r\n\tb  c ", "a b c"},
		{"terminal escapes go", "\x1b[1mred\x07", "[1mred"},
		{"invisible direction marks go", "a\u202eb\u200bc", "abc"},
		{"broken UTF-8 is marked", "a\xffb", "a�b"},
		{"a query goes", `Get "https://h/p?jql=secret&x=1": refused`, `Get "https://h/p": refused`},
		{"a password goes", "proxy http://user:pa@ss@host:1/p failed", "proxy http://host:1/p failed"},
		{"a fragment goes", "see https://h/p#token=1 now", "see https://h/p now"},
		{"the rest of an address stays", "see https://h:1/a/b-c_d, please", "see https://h:1/a/b-c_d, please"},
		{"a long text is cut", strings.Repeat("é", 400), strings.Repeat("é", 299) + "…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := oneLine(tt.in); got != tt.want {
				t.Errorf("oneLine(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func FuzzOneLine(f *testing.F) {
	f.Add("https://u:p@h/p?q#f")
	f.Add("A\x01://#")
	f.Add("\x1b]0;x\x07\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		got := oneLine(s)
		checkLine(t, got)
		if again := oneLine(got); again != got {
			t.Errorf("oneLine(%q) = %q, and once more %q", s, got, again)
		}
	})
}

func TestTrim(t *testing.T) {
	inner := &Error{Source: "s", Status: 404}
	if Trim(nil) != nil {
		t.Error("Trim(nil) is not nil")
	}
	if got := Trim(fmt.Errorf("library: %w", fmt.Errorf("client: %w", inner))); got.Error() != inner.Error() {
		t.Errorf("Trim = %v, want the inner error itself", got)
	}
	if got := Trim(fmt.Errorf("library: %w", &url.Error{Op: "Get", URL: "https://h/tokens/hunter2", Err: context.Canceled})); got.Error() != "context canceled" || !errors.Is(got, context.Canceled) {
		t.Errorf("Trim = %q, want the cause without the address", got)
	}
	lost := errors.New("lost\n\x1b[31m")
	got := Trim(fmt.Errorf("at https://h/p?token=hunter2 : %w", lost))
	if got.Error() != "at https://h/p : lost [31m" || !errors.Is(got, lost) {
		t.Errorf("Trim = %q, want a safe text and the chain", got)
	}
	if errors.Is(got, work.ErrUnexpected) {
		t.Errorf("Trim made %v an error of a kind", got)
	}
}

func TestErrorWithoutAKindGoesByItsStatus(t *testing.T) {
	if e := (&Error{Status: 409}); !errors.Is(e, work.ErrConflict) || errors.Is(e, work.ErrInvalid) {
		t.Errorf("%v is not of kind ErrConflict alone", e)
	}
	if e := (&Error{Status: 409, Kinded: work.ErrInvalid}); errors.Is(e, work.ErrConflict) || !errors.Is(e, work.ErrInvalid) {
		t.Errorf("%v is not of kind ErrInvalid alone", e)
	}
	if e := (&Error{}); errors.Is(e, work.ErrUnexpected) {
		t.Errorf("%v has a kind", e)
	}
}

func TestASentenceThatGoesOnHasNoStop(t *testing.T) {
	e := &Error{Source: "s", Status: 404, Message: "It is gone.", Err: errors.New("look elsewhere"), attempts: 2}
	if want := "source s: 404 Not Found: It is gone: look elsewhere (2 attempts)"; e.Error() != want {
		t.Errorf("Error() = %q, want %q", e.Error(), want)
	}
	if e := (&Error{Message: "It is gone."}); e.Error() != "It is gone." {
		t.Errorf("Error() = %q, want its one sentence as it is", e.Error())
	}
}
