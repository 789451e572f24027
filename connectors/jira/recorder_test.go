package jira

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
)

// recorder turns what a handler writes into the answer of a round trip.
type recorder struct{ *httptest.ResponseRecorder }

func newRecorder() recorder { return recorder{httptest.NewRecorder()} }

func (r recorder) answer(req *http.Request) *http.Response {
	resp := r.Result()
	resp.Request = req
	return resp
}

// reversed turns the list of a rank call around.
func reversed(r *http.Request) *http.Request {
	var m move
	if json.NewDecoder(r.Body).Decode(&m) != nil {
		return r
	}
	slices.Reverse(m.Issues)
	b, err := json.Marshal(m)
	if err != nil {
		return r
	}
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	return r
}
