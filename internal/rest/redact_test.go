package rest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/zap"
)

// needles are forms of a secret that no text may hold.
func needles(secret, header string) []string {
	quoted, _ := json.Marshal(secret)
	_, credential, _ := strings.Cut(header, " ")
	return []string{secret, strings.Trim(string(quoted), `"`), header, credential}
}

func TestSecretsAreInNoErrorAndNoLog(t *testing.T) {
	const token = `tok/en+1&"hunter2`
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("po@acme.com:"+token))
	oauth := `OAuth oauth_consumer_key="hunterkey", oauth_token="` + token + `"`
	for _, header := range []string{basic, "Bearer " + token, oauth} {
		echo := header + " " + token + " hunterkey"
		answers := map[string]http.HandlerFunc{
			"in a body": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, echo, 400) },
			"as HTML":   func(w http.ResponseWriter, _ *http.Request) { http.Error(w, html.EscapeString(echo), 400) },
			"in JSON": func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(403)
				_ = json.NewEncoder(w).Encode(map[string]string{"message": echo})
			},
			"with what is stripped between": func(w http.ResponseWriter, _ *http.Request) {
				http.Error(w, token[:3]+"\x00\u200b"+token[3:]+" hunter\x1bkey", 400)
			},
			"at the cut of a long text": func(w http.ResponseWriter, _ *http.Request) {
				http.Error(w, strings.Repeat("x", textLimit-6)+token, 400)
			},
			"in a title":  func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<title>"+echo+"</title>") },
			"in a status": raw("HTTP/1.1 2x0 " + echo + "\r\n\r\n"),
			"in no HTTP":  raw(echo + "\r\n\r\n"),
			"in redirects": func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "https://"+"evil.example/?"+token)
				w.WriteHeader(302)
			},
			"in the code": func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Code", echo)
				w.WriteHeader(429)
			},
			"in a header": func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Seraph-LoginReason", echo)
				w.WriteHeader(401)
			},
		}
		for name, h := range answers {
			t.Run(name, func(t *testing.T) {
				srv := httptest.NewServer(h)
				defer srv.Close()
				var log bytes.Buffer
				c := NewClient(Options{
					Source: "s", Base: at(t, srv.URL), Log: logged(&log), Attempts: 2, Backoff: 1,
					Secrets:   []Secret{SecretOf(token), SecretOf("hunterkey")},
					Authorize: func(h http.Header) { h.Set("Authorization", header) },
					Describe: func(_ int, h http.Header, body []byte) (string, string) {
						return h.Get("X-Code"), string(body)
					},
				})
				var texts []string
				for _, lib := range libraries(t) {
					err := lib.read(t.Context(), c, srv.URL)
					e, ok := errors.AsType[*Error](err)
					if !ok {
						t.Fatalf("%s: %v is no *Error", lib.name, err)
					}
					texts = append(texts, prints(t, e)...)
					texts = append(texts, prints(t, err)...)
					for e := error(e); e != nil; e = errors.Unwrap(e) {
						texts = append(texts, prints(t, e)...)
					}
				}
				req, _ := http.NewRequestWithContext(t.Context(), "GET", srv.URL+"/tokens/"+token, nil)
				_, err := do(t, c.HTTP(), req)
				texts = append(texts, prints(t, Trim(err))...)
				for call := range c.Stats().Requests {
					texts = append(texts, call.String())
				}
				texts = append(texts, log.String())
				for _, text := range texts {
					for _, needle := range append(needles(token, header), "hunterkey", "hunter2", token[:5]) {
						if strings.Contains(text, needle) {
							t.Fatalf("%q in: %s", needle, text)
						}
					}
				}
			})
		}
	}
}

// prints gives everything that an error may be printed as.
func prints(t *testing.T, err error) []string {
	t.Helper()
	var log bytes.Buffer
	logged(&log).Info("x", zap.Error(err), zap.Any("any", err), zap.Reflect("reflect", err), zap.NamedError("named", fmt.Errorf("at: %w", err)))
	j, _ := json.Marshal(err)
	return []string{err.Error(), fmt.Sprintf("%v", err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err), fmt.Sprintf("%q", err), log.String(), string(j)}
}
