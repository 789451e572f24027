package main

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stackrank/connectors/jira/jirasim"
)

// TestNoSecretIsShownInTrouble searches what is said when a service refuses,
// fails, or is not the service at all.
func TestNoSecretIsShownInTrouble(t *testing.T) {
	troubles := map[string]func(*testing.T, *trap){
		"a wrong token of Jira":      func(t *testing.T, tr *trap) { tr.spoil(t, ".jira-token", jiraSecret+"x") },
		"a wrong key of Trello":      func(t *testing.T, tr *trap) { tr.spoil(t, ".trello-key", keySecret+"x") },
		"a wrong token of Trello":    func(t *testing.T, tr *trap) { tr.spoil(t, ".trello-token", tokSecret+"x") },
		"a token of two lines":       func(t *testing.T, tr *trap) { tr.spoil(t, ".jira-token", jiraSecret+"\n"+jiraSecret) },
		"a fault of Jira":            func(_ *testing.T, tr *trap) { tr.jira.Fail("*", http.StatusInternalServerError, -1) },
		"edits that Jira refuses":    func(_ *testing.T, tr *trap) { tr.jira.Fail("PUT *", http.StatusBadRequest, -1) },
		"edits that Jira forbids":    func(_ *testing.T, tr *trap) { tr.jira.Fail("PUT *", http.StatusForbidden, -1) },
		"a search that Jira refuses": func(_ *testing.T, tr *trap) { tr.jira.Fail("POST *", http.StatusUnauthorized, -1) },
		"a fault of Trello":          func(_ *testing.T, tr *trap) { tr.trello.Fail("/1/*", http.StatusInternalServerError, -1) },
		"edits that Trello refuses":  func(_ *testing.T, tr *trap) { tr.trello.Fail("PUT /1/*", http.StatusBadRequest, -1) },
		"a log-in page for Jira":     func(_ *testing.T, tr *trap) { tr.jira.Switch(func(w *jirasim.Switches) { w.LoginPage = true }) },
		"a page for Trello":          func(_ *testing.T, tr *trap) { tr.trello.FailHTML("/1/*", http.StatusOK, -1) },
		"Jira moved to another host": func(t *testing.T, tr *trap) {
			tr.jira.Switch(func(w *jirasim.Switches) { w.RedirectTo = tr.stranger(t) })
		},
		"Trello moved to another host":  func(t *testing.T, tr *trap) { tr.trello.Redirect("/1/*", tr.stranger(t), -1) },
		"Jira behind an echo":           func(t *testing.T, tr *trap) { tr.configure(t, "url: "+tr.jiraURL, "url: "+echo(t)) },
		"Trello behind an echo":         func(t *testing.T, tr *trap) { tr.configure(t, "url: "+tr.trelloURL, "url: "+echo(t)) },
		"Jira where nobody listens":     func(t *testing.T, tr *trap) { tr.configure(t, "url: "+tr.jiraURL, "url: "+deaf(t)) },
		"Trello where nobody listens":   func(t *testing.T, tr *trap) { tr.configure(t, "url: "+tr.trelloURL, "url: "+deaf(t)) },
		"Trello's answers without data": func(_ *testing.T, tr *trap) { tr.trello.Fail("/1/*", http.StatusNotFound, -1) },
	}
	for _, deployment := range deployments {
		for name, arrange := range troubles {
			if deployment == jirasim.DataCenter && strings.Contains(name, "Trello") {
				continue // the kind of Jira makes no difference
			}
			t.Run(name+", "+string(deployment), func(t *testing.T) {
				tr := newTrap(t, deployment)
				arrange(t, tr)
				for _, args := range [][]string{{"check"}, {"report"}, {"sync", "--force"}} {
					if text, code := tr.spill(t, args...); args[0] == "sync" && code == exitDone {
						t.Errorf("stackrank %v did its work in spite of the trouble:\n%s", args, text)
					}
				}
				tr.searchFiles(t, filepath.Dir(tr.file))
				tr.searchSims(t)
			})
		}
	}
}

// spoil puts another text into a file of credentials.
func (tr *trap) spoil(t *testing.T, suffix, text string) {
	t.Helper()
	if err := os.WriteFile(tr.file+suffix, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// stranger starts a host that must get no request with credentials, and gives
// its address.
func (tr *trap) stranger(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tr.search(t, "a request to another host", fmt.Sprint(r.URL, r.Header))
		http.Error(w, "who are you?", http.StatusTeapot)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// echo starts a host that answers with what it was sent, as a debugging proxy
// does, and with the credentials decoded, and gives its address.
func echo(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		w.Header().Set("X-Seraph-LoginReason", r.Header.Get("Authorization"))
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, fmt.Sprint(r.URL, r.Header, user, password, url.QueryEscape(password), html.EscapeString(password)))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// deaf gives an address at which nobody listens.
func deaf(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	return s.URL
}

// TestNoSecretIsShownOfBadConfiguration searches what is said about credentials
// that stand where they must not.
func TestNoSecretIsShownOfBadConfiguration(t *testing.T) {
	tr := newTrap(t, jirasim.Cloud)
	reference := "token: file:" + filepath.Base(tr.file) + ".jira-token"
	signed := strings.Replace(tr.jiraURL, "://", "://"+url.UserPassword("po", jiraSecret).String()+"@", 1)
	board := "- " + tr.trello.Boards()[0].ID
	good, err := os.ReadFile(tr.file)
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string][2]string{
		"in place of a reference":    {reference, "token: '" + jiraSecret + "'"},
		"as the name of a variable":  {reference, "token: 'env:" + jiraSecret + "'"},
		"of an unknown kind":         {reference, "token: 'vault:" + jiraSecret + "'"},
		"under an unknown key":       {reference, "password: '" + jiraSecret + "'"},
		"under a misspelt key":       {reference, "tokne: '" + jiraSecret + "'"},
		"as a list":                  {reference, "token: ['" + jiraSecret + "']"},
		"as a mapping":               {reference, "token: {value: '" + jiraSecret + "'}"},
		"in a quote that never ends": {reference, "token: '" + jiraSecret},
		"as a tag":                   {reference, "token: !" + jiraSecret + " x"},
		"as an alias":                {reference, "token: *" + jiraSecret},
		"in Jira's address":          {"url: " + tr.jiraURL, "url: '" + signed + "'"},
		"in Jira's query":            {"url: " + tr.jiraURL, "url: '" + tr.jiraURL + "?token=" + url.QueryEscape(jiraSecret) + "'"},
		"in Trello's address":        {"url: " + tr.trelloURL + "/1", "url: '" + tr.trelloURL + "/1?key=" + url.QueryEscape(keySecret) + "&token=" + tokSecret + "'"},
		"in a bad address of Jira":   {"url: " + tr.jiraURL, "url: 'http://po:" + jiraSecret + "@127.0.0.1:port'"},
		"in a bad address of Trello": {"url: " + tr.trelloURL, "url: 'http://po:" + tokSecret + "@127.0.0.1:port'"},
		"in the address of a board":  {board, "- 'https://api.trello.com/1/boards/nC8QJoZN?key=" + keySecret + "&token=" + tokSecret + "'"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(tr.file, good, 0o600); err != nil {
				t.Fatal(err)
			}
			tr.configure(t, edit[0], edit[1])
			for _, command := range []string{"check", "report", "sync"} {
				if text, code := tr.spill(t, command); code != exitUsage {
					t.Errorf("stackrank %s: exit code %d, want %d:\n%s", command, code, exitUsage, text)
				}
			}
		})
	}
	t.Run("as a flag of init", func(t *testing.T) {
		for _, token := range []string{jiraSecret, "env:" + jiraSecret, "file:"} {
			if text, code := tr.spill(t, tr.initArgs(token)...); code == exitDone {
				t.Errorf("init took %q:\n%s", token, text)
			}
		}
	})
	t.Run("in init's address", func(t *testing.T) {
		args := tr.initArgs("file:" + filepath.Base(tr.file) + ".jira-token")
		for i, arg := range args {
			if arg == tr.jiraURL {
				args[i] = signed
			}
		}
		if text, code := tr.spill(t, args...); code == exitDone {
			t.Errorf("init took an address with credentials:\n%s", text)
		}
	})
}
